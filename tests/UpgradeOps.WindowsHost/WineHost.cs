using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.WindowsHost;

/// <summary>This machine, but for its junctions: Wine has none, so the links are those of the system below it.</summary>
internal sealed class WineHost : IHost
{
    private readonly LocalHost inner = new();

    public string Address => inner.Address;

    public IHostFiles Files { get; } = new WineFiles(new LocalFiles());

    public Task<CommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken) => inner.RunAsync(command, cancellationToken);

    public Task<CommandResult> StreamAsync(HostCommand command, Stream? input, Stream? output, CancellationToken cancellationToken) => inner.StreamAsync(command, input, output, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
