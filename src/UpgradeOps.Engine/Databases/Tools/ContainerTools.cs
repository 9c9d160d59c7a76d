using System.Text;
using UpgradeOps.Engine.Databases.Dumps;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Work;

namespace UpgradeOps.Engine.Databases.Tools;

/// <summary>
/// Tools inside the database's own container, which fit the server by nature. They speak TCP with it: its socket often asks nobody
/// for a password.
/// </summary>
/// <param name="spool">For long output where the engine is on a host to which the connection may break; null where it is here.</param>
internal sealed class ContainerTools(DockerClient docker, ServiceContainer container, int port, SpooledCommand? spool = null) : IToolRunner
{
    /// <summary>128 and SIGKILL.</summary>
    private const int Killed = 137;

    private (string Container, bool IsPossible)? _direct;

    public string Place => $"service {container.Service}";

    public bool IsFar => true;

    public async Task<bool> WritesFarAsync(CancellationToken cancellationToken)
    {
        var found = await container.FindAsync(cancellationToken).ConfigureAwait(false);
        if (_direct?.Container != found.Id)
            _direct = (found.Id, await new DirectOutput(docker).IsPossibleAsync(found.Id, cancellationToken).ConfigureAwait(false));
        return !_direct.Value.IsPossible;
    }

    public ServerAddress Server { get; } = new("127.0.0.1", port);

    public async Task<ServerAddress?> OutsideAddressAsync(CancellationToken cancellationToken)
    {
        var found = await container.FindAsync(cancellationToken).ConfigureAwait(false);
        var details = await docker.InspectContainerAsync(found.Id, cancellationToken).ConfigureAwait(false);
        var address = details?.NetworkSettings.Networks?.Values.Select(n => n.IPAddress).FirstOrDefault(a => !string.IsNullOrEmpty(a));
        return address is null ? null : new ServerAddress(address, port);
    }

    public async Task<ToolResult> RunAsync(ToolCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        var found = await container.FindAsync(cancellationToken).ConfigureAwait(false);
        var exec = new ExecCommand([command.Tool, .. command.Arguments]) { Environment = command.Environment };
        var marked = new MarkedStream(output ?? Stream.Null);
        await using (marked.ConfigureAwait(false))
        {
            ExecResult result;
            try
            {
                result = spool is not null && input is null && command.WritesMuch && await SpoolAsync(found.Id, exec, marked, cancellationToken).ConfigureAwait(false) is { } spooled
                    ? spooled
                    : (input is null ? command.WritesMuch : command.ReadsMuch) && !await WritesFarAsync(cancellationToken).ConfigureAwait(false)
                    ? await RunDirectlyAsync(found.Id, exec, input, marked, cancellationToken).ConfigureAwait(false)
                    : await docker.ExecAsync(found.Id, exec, input, marked, cancellationToken).ConfigureAwait(false);
            }
            catch (AppException e) when (e.ErrorId is ErrorIds.EngineFailed && IsMissing(e.Message))
            {
                throw Missing(command.Tool, found);
            }

            // Engines differ in where they tell that there is no such program: in the output, in the error, or in their answer.
            var told = result.Error + Encoding.UTF8.GetString(marked.Head);
            if (result.ExitCode is 126 or 127 && IsMissing(told))
                throw Missing(command.Tool, found);
            if (result.ExitCode == Killed && await EndedAsync(found.Id, cancellationToken).ConfigureAwait(false))
            {
                throw new AppException(
                    ErrorIds.DatabaseUnreachable, $"{command.Tool} died with the database's container {ServiceContainer.Name(found)}, which ended in the middle.", Place);
            }

            return new ToolResult(result.ExitCode, result.Error);
        }
    }

    /// <summary>By the host's own <c>docker</c>, through which that engine is reached anyway. Secrets go by its environment: <c>--env NAME</c> names them alone.</summary>
    private async Task<ExecResult?> SpoolAsync(string id, ExecCommand command, Stream output, CancellationToken cancellationToken)
    {
        var exec = new HostCommand("docker", ["exec", .. command.Environment.Keys.SelectMany(name => (string[])["--env", name]), id, .. command.Arguments]) { Environment = command.Environment };
        return await spool!.RunAsync(exec, output, cancellationToken).ConfigureAwait(false) is { } result ? new ExecResult(result.ExitCode, result.Error) : null;
    }

    private async Task<ExecResult> RunDirectlyAsync(string id, ExecCommand command, Stream? input, Stream output, CancellationToken cancellationToken) => input is null
        ? (await new DirectOutput(docker).RunAsync(id, command, output, cancellationToken).ConfigureAwait(false)).Result
        : (await new DirectInput(docker).RunAsync(id, command, input, output, cancellationToken).ConfigureAwait(false)).Result;

    /// <summary>Whether the container ends with what ran in it: its own end may be told a moment later.</summary>
    private async Task<bool> EndedAsync(string id, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await docker.WaitContainerAsync(id, both.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static bool IsMissing(string told) =>
        told.Contains("executable file not found", StringComparison.Ordinal) || told.Contains("no such file or directory", StringComparison.Ordinal)
        || told.Contains(": not found", StringComparison.Ordinal);

    private static AppException Missing(string tool, ContainerSummary container) => new(
        ErrorIds.HostCommandMissing,
        $"There is no {tool} in container {ServiceContainer.Name(container)}.",
        tool,
        "Use the engine's official image, which brings its tools, or reach the database by address with tools installed on the host.");
}
