using System.Text;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms.Jobs;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>
/// A command in a container of its own, as <c>docker compose run</c> makes it: the service's image, environment, networks and volumes, without
/// its entry point and without anything by which requests for the service would come to it. The container stays until the job is removed: it tells how the command ended.
/// </summary>
/// <param name="name">The container's.</param>
/// <param name="start">Starts the command in a container of that name.</param>
internal sealed class ComposeJob(ComposeProject project, string name, Func<IReadOnlyList<string>, CancellationToken, Task> start) : IJob
{
    private const int Tail = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task<JobState> LookAsync(CancellationToken cancellationToken) =>
        State(await project.Docker.InspectContainerAsync(name, cancellationToken).ConfigureAwait(false));

    public async Task StartAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        await SweepAsync(cancellationToken).ConfigureAwait(false);
        if (await project.Docker.InspectContainerAsync(name, cancellationToken).ConfigureAwait(false) is { } left)
        {
            if (State(left).Phase != JobPhase.None)
                return;

            // Made and never started.
            await project.Docker.RemoveContainerAsync(left.Id, withVolumes: true, cancellationToken).ConfigureAwait(false);
        }

        await start(command, cancellationToken).ConfigureAwait(false);
    }

    public async Task<JobState> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await LookAsync(cancellationToken).ConfigureAwait(false);
            if (state.Phase != JobPhase.Running)
                return state.Phase == JobPhase.None ? new JobState(JobPhase.Gone) : state;
            await Task.Delay(Pause, project.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<byte[]> OutputAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        if (await project.Docker.InspectContainerAsync(name, cancellationToken).ConfigureAwait(false) is { } container)
        {
            await foreach (var line in project.Docker.ReadLogsAsync(container, Tail, follow: false, cancellationToken).ConfigureAwait(false))
                text.Append(line.Text).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await SweepAsync(cancellationToken).ConfigureAwait(false);
        await project.Docker.StopContainerAsync(name, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await SweepAsync(cancellationToken).ConfigureAwait(false);
        await project.Docker.RemoveContainerAsync(name, withVolumes: true, cancellationToken).ConfigureAwait(false);
    }

    private Task SweepAsync(CancellationToken cancellationToken) => LeftCommands.EndAsync(project.Host, name, whole: true, cancellationToken);

    private static JobState State(ContainerDetails? container) => container?.State switch
    {
        null or { Status: "created" } => new JobState(JobPhase.None),
        { Running: true } or { Status: "restarting" or "removing" } => new JobState(JobPhase.Running),
        { Status: "exited", ExitCode: var code } => new JobState(JobPhase.Ended, code),
        _ => new JobState(JobPhase.Gone),
    };
}
