using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Hosts.Work;
using UpgradeOps.Engine.Platforms.Builds;

namespace UpgradeOps.Engine.Platforms.Service.Builds;

/// <summary>
/// The steps of one operation's build. Each is work that goes on when we, or the connection to the host, are gone: whoever resumes the operation
/// follows it, and whoever takes the operation back ends it.
/// </summary>
internal sealed class BuildRun(IHost host, ServicePaths paths, BuildDefinition build, string operationId, TimeProvider time)
{
    private string Folder => HostPath.Join(paths.Builds, operationId);

    /// <summary>
    /// True when the first step was begun, in this process or in one that was killed: the tree must not be touched any more. What the machine's end or
    /// somebody cut off is cleared away, and begins anew.
    /// </summary>
    public async Task<bool> IsBegunAsync(CancellationToken cancellationToken)
    {
        for (var number = 0; number < build.Steps.Count; number++)
        {
            var phase = (await Work(number).LookAsync(cancellationToken).ConfigureAwait(false)).Phase;
            if (phase == WorkPhase.None)
                return number > 0;
            if (phase == WorkPhase.Gone)
                return false;
        }

        return build.Steps.Count > 0;
    }

    /// <summary>Ends every build that was left, this operation's too, and makes room for this one.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await EndAllAsync(cancellationToken).ConfigureAwait(false);
        await host.Files.CreateFolderAsync(Folder, HostModes.PrivateFolder, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="variables">Told to every step.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.BuildFailed"/>, with the end of the step's log.</exception>
    public async Task RunAsync(IReadOnlyDictionary<string, string> variables, string log, Action<string> tell, CancellationToken cancellationToken)
    {
        for (var number = 0; number < build.Steps.Count; number++)
        {
            var step = build.Steps[number];
            tell($"Building ({number + 1} of {build.Steps.Count}): {Title(step)}");
            var tail = new TailStream();
            var ending = await FollowAsync(number, variables, tail, cancellationToken).ConfigureAwait(false);
            if (ending is null)
                continue;
            await WriteLogAsync(log, CancellationToken.None).ConfigureAwait(false);
            throw new AppException(ErrorIds.BuildFailed, $"Build step {number + 1} of {build.Steps.Count} ({Title(step)}) {ending}; the whole log is {log} on {host.Address}. It ends: {BuildWork.Words(tail)}", Title(step));
        }

        await WriteLogAsync(log, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="BuildWork.EndAllAsync"/>
    public Task EndAllAsync(CancellationToken cancellationToken) => EndAllAsync(host, paths, time, cancellationToken);

    /// <inheritdoc cref="BuildWork.EndAllAsync"/>
    public static Task EndAllAsync(IHost host, ServicePaths paths, TimeProvider time, CancellationToken cancellationToken) =>
        BuildWork.EndAllAsync(host, paths.Builds, time, cancellationToken);

    /// <returns>How it failed, in words; null when it did not.</returns>
    private Task<string?> FollowAsync(int number, IReadOnlyDictionary<string, string> variables, TailStream log, CancellationToken cancellationToken)
    {
        var step = build.Steps[number];
        var environment = new Dictionary<string, string>(variables);
        foreach (var (name, value) in build.Environment.Concat(step.Environment))
            environment[name] = value;
        var command = HostCommand.In(HostPath.Absolute(step.In, paths.Tree), step.Run) with { Environment = environment };
        return BuildWork.FollowAsync(Work(number), command, step.Timeout, log, time, cancellationToken);
    }

    private async Task WriteLogAsync(string log, CancellationToken cancellationToken)
    {
        var parts = build.Steps.SelectMany((step, number) => new[] { Title(step), Work(number).Folder });
        await host.RunAsync(BuildWork.KeepLog(log, parts), cancellationToken).ConfigureAwait(false);
    }

    private DetachedWork Work(int number) => new(host, HostPath.Join(Folder, $"{number}"), time);

    private static string Title(BuildStepDefinition step) => string.Join(' ', step.Run) + (step.In == "." ? "" : $" (in {step.In})");
}
