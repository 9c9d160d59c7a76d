using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Scratch;

/// <summary>Runs the jobs for which the application waits, one after the other, and starts the copy. Undone, it is stopped; it stays for whoever wants to look at it.</summary>
internal sealed class ScratchStartStep(PlannedStep planned, ComposeProject project, ScratchStart start) : ComposeStep(planned, project)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private IReadOnlyList<CommitFile> Files => Read<List<CommitFile>>(OptionalInput(StepInputs.CommitFiles) ?? "[]");

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var service in Services)
        {
            context.Tell($"Starting {service.Name}");
            var container = await StartAsync(service, cancellationToken).ConfigureAwait(false);
            // Each in its turn is whose traces are worth keeping; the last, which is the application, must answer.
            await context.RecordAsync(PlatformOutputs.NewInstances, EngineJson.Write<string[]>([container.Id]), cancellationToken).ConfigureAwait(false);
            if (service.EndsByItself)
                await WaitAsync(container, cancellationToken).ConfigureAwait(false);
        }
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var container in await start.Remains.ContainersAsync(cancellationToken).ConfigureAwait(false))
            await Docker.StopContainerAsync(container.Id, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ContainerDetails> StartAsync(MovedService service, CancellationToken cancellationToken)
    {
        var name = start.Names.Container(service.Name);
        await start.RunAsync(name, service.Name, service.NewImage ?? service.Reference, Input(StepInputs.Value), Files, isApplication: !service.EndsByItself, [], cancellationToken).ConfigureAwait(false);
        return await Docker.InspectContainerAsync(name, cancellationToken).ConfigureAwait(false)
            ?? throw new AppException(ErrorIds.WrongInstance, $"The container {name} was removed by somebody right after its start.", name);
    }

    private async Task WaitAsync(ContainerDetails job, CancellationToken cancellationToken)
    {
        for (var since = Project.Time.GetTimestamp(); ; await Task.Delay(Pause, Project.Time, cancellationToken).ConfigureAwait(false))
        {
            var now = await Docker.InspectContainerAsync(job.Id, cancellationToken).ConfigureAwait(false)
                ?? throw new AppException(ErrorIds.InstanceExited, $"The container {job.DisplayName} is gone.", job.DisplayName);
            if (now.State is { Status: "exited", ExitCode: 0 })
                return;
            if (now.State.Status is "exited" or "dead")
                throw await Steps.StartStep.ExitedAsync(Docker, now, cancellationToken).ConfigureAwait(false);
            if (Project.Time.GetElapsedTime(since) > Project.Definition.HealthTimeout)
                throw new AppException(ErrorIds.NotHealthy, $"{now.DisplayName}, for which {Project.Compose.Service} waits, had not ended within {Project.Definition.HealthTimeout.TotalSeconds} s.", now.DisplayName);
        }
    }
}
