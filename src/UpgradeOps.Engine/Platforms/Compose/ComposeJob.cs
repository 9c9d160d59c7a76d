using System.Text;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Jobs;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>
/// A command in a container of its own, as <c>docker compose run</c> makes it: the service's image, environment, networks and volumes, without
/// its ports, its name on the network and its entry point. The container stays until the job is removed: it tells how the command ended.
/// </summary>
/// <param name="name">The container's.</param>
/// <param name="value">The variable's value, which chooses the image.</param>
internal sealed class ComposeJob(ComposeProject project, string name, string service, string value) : IJob
{
    private const int Tail = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Ends a Compose that a killed process left behind before it had made or started the container: it would run the command when nobody
    /// expects it any more. No other process has this argument.
    /// </summary>
    private const string Sweeper = """
        for p in /proc/[0-9]*; do
            if tr '\0' '\n' <"$p/cmdline" | grep -qxF -e "--name=$1"; then kill -s KILL "${p#/proc/}"; fi
        done 2>/dev/null
        exit 0
        """;

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

        await project.Command.StartJobAsync(name, service, command, value, cancellationToken).ConfigureAwait(false);
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

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await project.Host.RunAsync(new HostCommand("sh", "-c", Sweeper, "upgradeops", name) { IsQuestion = true }, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostCommandMissing)
        {
            // No shell, no /proc: a Windows machine, where nothing can be looked for in this way.
        }
    }

    private static JobState State(ContainerDetails? container) => container?.State switch
    {
        null or { Status: "created" } => new JobState(JobPhase.None),
        { Running: true } or { Status: "restarting" or "removing" } => new JobState(JobPhase.Running),
        { Status: "exited", ExitCode: var code } => new JobState(JobPhase.Ended, code),
        _ => new JobState(JobPhase.Gone),
    };
}
