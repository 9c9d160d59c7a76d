using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>Starts the new containers in the order of their dependencies. Undone, they are stopped; they stay for whoever wants to look at them.</summary>
internal sealed class StartStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    /// <summary>How long a new container is looked at before the health checks take over.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(30);
    private const int FirstLooks = 4;

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var made = Made(context);
        var started = Recorded<Dictionary<string, string>>(context.Outputs, StepOutputs.Started);
        var there = await Project.Containers.InspectAsync(made.Select(c => c.Id), cancellationToken).ConfigureAwait(false);
        return made.Count > 0 && there.Count == made.Count && there.All(c => started.GetValueOrDefault(c.Id) == c.State.StartedAt)
            ? StepState.Done
            : StepState.NotDone;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var made = Made(context);
        var ending = Services.Where(s => s.EndsByItself).Select(s => s.Name).ToHashSet();
        var lasting = made.Where(c => !ending.Contains(c.Service)).OrderBy(c => c.Service == Project.Compose.Service ? 0 : 1).Select(c => c.Id).ToList();
        // On record before the first start: should it fail, this is whose traces are worth keeping.
        await context.RecordAsync(PlatformOutputs.NewInstances, EngineJson.Write(lasting), cancellationToken).ConfigureAwait(false);

        foreach (var service in MovedService.InStartOrder(Services))
        {
            await new DependencyWait(Project).ForAsync(service, made, cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(made.Where(c => c.Service == service.Name).Select(c => StartAsync(c, service.EndsByItself, cancellationToken))).ConfigureAwait(false);
        }

        var there = await LookAsync(lasting, context, cancellationToken).ConfigureAwait(false);
        var all = there.Concat(await Project.Containers.InspectAsync(made.Select(c => c.Id).Except(lasting), cancellationToken).ConfigureAwait(false));
        await context.RecordAsync(StepOutputs.Started, EngineJson.Write(all.ToDictionary(c => c.Id, c => c.State.StartedAt)), cancellationToken).ConfigureAwait(false);
        await Dependents.RestartAsync(Docker, Read<List<string>>(OptionalInput(StepInputs.Dependents) ?? "[]"), cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var there = await Project.Containers.InspectAsync(Made(context).Select(c => c.Id), cancellationToken).ConfigureAwait(false);
        foreach (var container in there)
        {
            if (container.HostConfig.RestartPolicy is { Restarts: true })
                await Docker.SetRestartPolicyAsync(container.Id, RestartPolicy.None, cancellationToken).ConfigureAwait(false);
        }

        await Task.WhenAll(there.Select(c => Docker.StopContainerAsync(c.Id, null, cancellationToken))).ConfigureAwait(false);
    }

    private async Task StartAsync(NewContainer container, bool endsByItself, CancellationToken cancellationToken)
    {
        var now = await Docker.InspectContainerAsync(container.Id, cancellationToken).ConfigureAwait(false)
            ?? throw new AppException(
                ErrorIds.WrongInstance,
                $"The new container {container.Id[..12]} of {container.Service} was removed by somebody before its start.",
                container.Service,
                "Find out who removes containers (a scheduled docker system prune?), then run the same command again.");
        // What does its work once must not do it again when a crash made this step run twice.
        if (endsByItself && now.State is { Status: "exited", ExitCode: 0 })
            return;
        if (container.Restart.Restarts)
            await Docker.SetRestartPolicyAsync(container.Id, container.Restart, cancellationToken).ConfigureAwait(false);
        await Docker.StartContainerAsync(container.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What exits at once is not worth a health check's patience.</summary>
    private async Task<IReadOnlyList<ContainerDetails>> LookAsync(IReadOnlyList<string> ids, StepContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<ContainerDetails> there = [];
        for (var look = 0; look < FirstLooks; look++)
        {
            there = await Project.Containers.InspectAsync(ids, cancellationToken).ConfigureAwait(false);
            if (there.FirstOrDefault(c => !c.State.Running || c.RestartCount > 0) is { } ended)
                throw await ExitedAsync(Docker, ended, cancellationToken).ConfigureAwait(false);
            await Task.Delay(FirstLook, context.Time, cancellationToken).ConfigureAwait(false);
        }

        return there;
    }

    internal static async Task<AppException> ExitedAsync(DockerClient docker, ContainerDetails ended, CancellationToken cancellationToken)
    {
        var code = await docker.FindLastExitCodeAsync(ended, cancellationToken).ConfigureAwait(false);
        var how = (code is null ? "" : $" with exit code {code}") + (ended.State.OOMKilled ? " because memory ran out" : "");
        var why = ended.State.Error.Length > 0 ? $": {ended.State.Error}" : "";
        return new AppException(ErrorIds.InstanceExited, $"{ended.DisplayName} ended{how} right after its start{why}.", ended.DisplayName);
    }
}

/// <summary>Waits until the services that another one depends on are as far as its compose file asks.</summary>
internal sealed class DependencyWait(ComposeProject project)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task ForAsync(MovedService service, IReadOnlyList<NewContainer> made, CancellationToken cancellationToken)
    {
        foreach (var dependency in service.After.Where(d => d.Condition is ComposeDependency.Healthy or ComposeDependency.Completed))
        {
            foreach (var container in made.Where(c => c.Service == dependency.Service))
                await WaitAsync(service, dependency, container.Id, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(MovedService service, ComposeDependency dependency, string id, CancellationToken cancellationToken)
    {
        var since = project.Time.GetTimestamp();
        while (true)
        {
            var now = await project.Docker.InspectContainerAsync(id, cancellationToken).ConfigureAwait(false);
            if (now is null || (now.State.Status is "exited" or "dead" && (dependency.Condition != ComposeDependency.Completed || now.State.ExitCode != 0)))
            {
                throw now is null
                    ? new AppException(ErrorIds.InstanceExited, $"The new container of {dependency.Service} is gone.", dependency.Service)
                    : await StartStep.ExitedAsync(project.Docker, now, cancellationToken).ConfigureAwait(false);
            }

            if (dependency.Condition == ComposeDependency.Completed ? now.State.Status == "exited" : now.State.Health is null or { Status: "healthy" })
                return;
            if (project.Time.GetElapsedTime(since) > project.Definition.HealthTimeout)
            {
                throw new AppException(
                    ErrorIds.NotHealthy,
                    $"{now.DisplayName}, for which {service.Name} waits ({dependency.Condition}), was not so far within {project.Definition.HealthTimeout.TotalSeconds} s.",
                    now.DisplayName);
            }

            await Task.Delay(Pause, project.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
