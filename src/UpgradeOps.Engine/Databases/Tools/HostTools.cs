using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Databases.Tools;

/// <summary>Tools that are installed on a host and reach the server by its address.</summary>
internal sealed class HostTools(IHost host, ServerAddress server) : IToolRunner
{
    public string Place => $"host {host.Address}";

    public ServerAddress Server => server;

    public Task<ServerAddress?> OutsideAddressAsync(CancellationToken cancellationToken) => Task.FromResult<ServerAddress?>(null);

    public async Task<ToolResult> RunAsync(ToolCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        var hostCommand = new HostCommand(command.Tool, command.Arguments) { Environment = command.Environment };
        var result = await host.StreamAsync(hostCommand, input, output, cancellationToken).ConfigureAwait(false);
        return new ToolResult(result.ExitCode, result.Error);
    }
}
