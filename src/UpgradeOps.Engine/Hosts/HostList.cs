using System.Collections.Concurrent;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Engine.Hosts;

/// <summary>The hosts of a session: its applications, and their state, share the connections to each.</summary>
/// <param name="variable">Looks a variable of the environment up.</param>
internal sealed class HostList(Func<string, string?> variable, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Lazy<SshHost>> _remote = new(StringComparer.Ordinal);

    /// <summary>Opens this machine: a test may have another way to it.</summary>
    public Func<IHost> Local { get; init; } = static () => new LocalHost();

    /// <param name="address">As in a definition: <c>local</c> or <c>ssh://user@host:port</c>.</param>
    /// <returns>The caller's own: disposing it gives back what it uses, and ends nobody else's work.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.DefinitionInvalid"/>: it is no address.</exception>
    public IHost Open(string address) => address == LocalHost.Name ? Local() : new BorrowedHost(Remote(address));

    /// <exception cref="AppException"><see cref="ErrorIds.DefinitionInvalid"/>: it is no address of an SSH server.</exception>
    public SshHost Remote(string address) => _remote.GetOrAdd(address, text => new Lazy<SshHost>(() => new SshHost(
        SshAddress.Parse(text) ?? throw new AppException(ErrorIds.DefinitionInvalid, $"'{text}' is no address of an SSH server.", text),
        SshOptions.From(variable),
        time))).Value;

    private sealed class BorrowedHost(SshHost host) : IHost
    {
        public string Address => host.Address;

        public IHostFiles Files => host.Files;

        public Task<CommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken) => host.RunAsync(command, cancellationToken);

        public Task<CommandResult> StreamAsync(HostCommand command, Stream? input, Stream? output, CancellationToken cancellationToken) =>
            host.StreamAsync(command, input, output, cancellationToken);

        public ValueTask DisposeAsync() => host.Connections.CloseIdleAsync(TimeSpan.Zero);
    }
}
