using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using CommandResult = UpgradeOps.Engine.Hosts.CommandResult;

namespace UpgradeOps.Integration.Compose;

/// <summary>
/// This machine, with an engine that finishes late what a killed Compose asked of it: something happens right before and right after
/// <c>docker compose create</c>.
/// </summary>
/// <param name="before">With the number of the call, from 1.</param>
/// <param name="after">The same.</param>
internal sealed class LateEngineHost(Func<int, Task>? before = null, Func<int, Task>? after = null) : IHost
{
    private readonly LocalHost _host = new();
    private int _calls;

    /// <summary>How often Compose was to make containers.</summary>
    public int Calls => _calls;

    public string Address => _host.Address;

    public IHostFiles Files => _host.Files;

    public Task<CommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken) => _host.RunAsync(command, cancellationToken);

    public async Task<CommandResult> StreamAsync(HostCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        if (command.FileName != "docker" || !command.Arguments.Contains("create"))
            return await _host.StreamAsync(command, input, output, cancellationToken);
        var call = ++_calls;
        await (before?.Invoke(call) ?? Task.CompletedTask);
        var result = await _host.StreamAsync(command, input, output, cancellationToken);
        await (after?.Invoke(call) ?? Task.CompletedTask);
        return result;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
