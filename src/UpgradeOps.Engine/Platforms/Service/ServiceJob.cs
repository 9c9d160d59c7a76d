using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Work;
using UpgradeOps.Engine.Platforms.Jobs;

namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>A command in a release folder, with the application's environment, left on the host.</summary>
/// <param name="folder">The release folder, absolute.</param>
internal sealed class ServiceJob(string name, string folder, ServiceDefinition service, ServicePaths paths, IHost host, TimeProvider time) : IJob
{
    private const long Tail = 1 << 20;

    private readonly DetachedWork work = new(host, paths.Job(name), time);

    public async Task<JobState> LookAsync(CancellationToken cancellationToken) =>
        State(await work.LookAsync(cancellationToken).ConfigureAwait(false));

    public async Task StartAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        // Before a first installation nothing was ever started here.
        await host.Files.CreateFolderAsync(paths.Run, HostModes.PrivateFolder, cancellationToken).ConfigureAwait(false);
        await work.StartAsync(HostCommand.In(folder, command) with { Environment = ServiceEnvironment.Of(service, folder) }, cancellationToken).ConfigureAwait(false);
    }

    public async Task<JobState> WaitAsync(CancellationToken cancellationToken) =>
        State(await work.FollowAsync(0, Stream.Null, cancellationToken).ConfigureAwait(false));

    public async Task<byte[]> OutputAsync(CancellationToken cancellationToken)
    {
        var state = await work.LookAsync(cancellationToken).ConfigureAwait(false);
        using var log = new MemoryStream();
        if (state.Phase != WorkPhase.None)
            await work.ReadLogAsync(Math.Max(0, state.LogLength - Tail), log, cancellationToken).ConfigureAwait(false);
        return log.ToArray();
    }

    public Task EndAsync(CancellationToken cancellationToken) => work.EndAsync(cancellationToken);

    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await work.EndAsync(cancellationToken).ConfigureAwait(false);
        await host.Files.DeleteAsync(work.Folder, cancellationToken).ConfigureAwait(false);
    }

    private static JobState State(WorkState state) => new(
        state.Phase switch
        {
            WorkPhase.None => JobPhase.None,
            WorkPhase.Running => JobPhase.Running,
            WorkPhase.Ended => JobPhase.Ended,
            _ => JobPhase.Gone,
        },
        state.ExitCode);
}
