using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Hosts.Work;
using UpgradeOps.Engine.Platforms.Builds;

namespace UpgradeOps.Engine.Platforms.Compose.Builds;

/// <summary>
/// One operation's <c>docker compose build</c>. It goes on when we, or the connection to the host, are gone: whoever resumes the operation follows it, and
/// whoever takes the operation back ends it, and the engine's part with it.
/// </summary>
/// <param name="name">The Compose project's.</param>
internal sealed class ComposeBuild(ComposeProject project, string name, string operationId)
{
    /// <summary>What may decide how Docker's client builds, where it is started by somebody else than us.</summary>
    private static readonly string[] Passed =
        ["DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_BUILDKIT", "SSH_AUTH_SOCK", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

    private IHost Host => project.Host;

    private string Folder => project.Builds.Build(operationId);

    private string File => HostPath.Join(Folder, "compose.json");

    private DetachedWork Work => new(Host, HostPath.Join(Folder, "work"), project.Time);

    /// <summary>True when it was begun, in this process or in one that was killed: the tree must not be touched any more. What was cut off begins anew.</summary>
    public async Task<bool> IsBegunAsync(CancellationToken cancellationToken) =>
        (await Work.LookAsync(cancellationToken).ConfigureAwait(false)).Phase is WorkPhase.Running or WorkPhase.Ended;

    /// <summary>Ends every build that was left, this operation's too, and makes room for this one.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await EndAllAsync(cancellationToken).ConfigureAwait(false);
        await Host.Files.DeleteAsync(project.Builds.Looks, cancellationToken).ConfigureAwait(false);
        await Host.Files.CreateFolderAsync(Folder, HostModes.PrivateFolder, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="json">What is built, as <see cref="BuildFile"/> makes it. Secrets may be in it: it goes with the build.</param>
    public Task WriteAsync(byte[] json, CancellationToken cancellationToken) => Host.Files.WriteAtomicAsync(File, json, HostModes.PrivateFile, cancellationToken);

    /// <exception cref="AppException"><see cref="ErrorIds.BuildFailed"/>, with the end of its log.</exception>
    public async Task RunAsync(string log, Action<string> tell, CancellationToken cancellationToken)
    {
        tell("Building the images");
        var tail = new TailStream();
        var command = new HostCommand("docker", "compose", "--ansi", "never", "--project-directory", project.Builds.Tree, "--file", File, "--project-name", name, "build")
        {
            WorkingDirectory = project.Builds.Tree,
            Environment = Variables(),
        };
        var ending = await BuildWork.FollowAsync(Work, command, project.Compose.Build!.Timeout, tail, project.Time, cancellationToken).ConfigureAwait(false);
        await Host.RunAsync(BuildWork.KeepLog(log, ["docker compose build", Work.Folder]), CancellationToken.None).ConfigureAwait(false);
        if (ending is not null)
            throw new AppException(ErrorIds.BuildFailed, $"docker compose build {ending}; the whole log is {log} on {Host.Address}. It ends: {BuildWork.Words(tail)}", project.Compose.Directory);
    }

    /// <inheritdoc cref="BuildWork.EndAllAsync"/>
    public Task EndAllAsync(CancellationToken cancellationToken) => BuildWork.EndAllAsync(Host, project.Builds.Builds, project.Time, cancellationToken);

    private Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(project.Command.EngineVariables) { ["COMPOSE_MENU"] = "0", ["BUILDKIT_PROGRESS"] = "plain" };
        // Of this machine's own environment, and on this machine only: a host over SSH has its own.
        foreach (var passed in Host is LocalHost ? Passed.Where(p => !variables.ContainsKey(p)) : [])
        {
            if (Environment.GetEnvironmentVariable(passed) is { Length: > 0 } value)
                variables[passed] = value;
        }

        return variables;
    }
}
