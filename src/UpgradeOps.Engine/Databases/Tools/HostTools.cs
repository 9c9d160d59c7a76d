using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Work;

namespace UpgradeOps.Engine.Databases.Tools;

/// <summary>Tools that are installed on a host and reach the server by its address.</summary>
/// <param name="spool">For long output where the connection to the host may break; null where there is none.</param>
internal sealed class HostTools(IHost host, ServerAddress server, SpooledCommand? spool = null) : IToolRunner
{
    public string Place => $"host {host.Address}";

    public ServerAddress Server => server;

    public Task<ServerAddress?> OutsideAddressAsync(CancellationToken cancellationToken) => Task.FromResult<ServerAddress?>(null);

    public async Task<ToolResult> RunAsync(ToolCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        var hostCommand = new HostCommand(command.Tool, command.Arguments) { Environment = command.Environment };
        var spooled = spool is not null && command.WritesMuch && input is null ? await spool.RunAsync(hostCommand, output ?? Stream.Null, cancellationToken).ConfigureAwait(false) : null;
        var result = spooled ?? await host.StreamAsync(hostCommand, input, output, cancellationToken).ConfigureAwait(false);
        return new ToolResult(result.ExitCode, result.Error);
    }
}
