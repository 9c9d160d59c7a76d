using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>
/// Stops the old containers, dependents first, and tells the engine not to start them by itself should it be restarted meanwhile.
/// Undone, they are started with the engine's orders as they were.
/// </summary>
internal sealed class StopStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    private IEnumerable<string> Running => Services.SelectMany(s => s.Running);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var old = await Project.Containers.InspectAsync(Running, cancellationToken).ConfigureAwait(false);
        return context.Outputs.ContainsKey(PlatformOutputs.OldInstances) && old.All(c => !c.State.Running && c.HostConfig.RestartPolicy is not { Restarts: true })
            ? StepState.Done
            : StepState.NotDone;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var old = await Project.Containers.InspectAsync(Running, cancellationToken).ConfigureAwait(false);
        if (!context.Outputs.ContainsKey(StepOutputs.Policies))
        {
            await context.RecordAsync(
                new Dictionary<string, string>
                {
                    [StepOutputs.Policies] = EngineJson.Write(old.ToDictionary(c => c.Id, c => c.HostConfig.RestartPolicy ?? RestartPolicy.None)),
                    [PlatformOutputs.OldInstances] = EngineJson.Write(Running.ToList()),
                },
                cancellationToken).ConfigureAwait(false);
        }

        foreach (var container in old.Where(c => c.HostConfig.RestartPolicy is { Restarts: true }))
            await Docker.SetRestartPolicyAsync(container.Id, RestartPolicy.None, cancellationToken).ConfigureAwait(false);
        foreach (var service in MovedService.InStartOrder(Services).Reverse())
            await Task.WhenAll(service.Running.Where(id => old.Any(c => c.Id == id)).Select(id => Docker.StopContainerAsync(id, null, cancellationToken))).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        // Policies may be on record while nothing was stopped yet: putting both back is right in every case.
        foreach (var service in MovedService.InStartOrder(Services))
            await StartOldAsync(context, await Project.Containers.InspectAsync(service.Running, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (context.OutputsOf(StepKinds.Start).Count > 0)
            await Dependents.RestartAsync(Docker, Read<List<string>>(OptionalInput(StepInputs.Dependents) ?? "[]"), cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Containers of other services that asked in the compose file (<c>depends_on: restart: true</c>) to be restarted after a switch.</summary>
internal static class Dependents
{
    public static Task RestartAsync(DockerClient docker, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        Task.WhenAll(ids.Select(async id =>
        {
            if (await docker.InspectContainerAsync(id, cancellationToken).ConfigureAwait(false) is { State.Running: true })
                await docker.RestartContainerAsync(id, cancellationToken).ConfigureAwait(false);
        }));
}
