using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Service.Steps;

/// <summary>Stops the process that runs, having written down which one it is and from where it was started.</summary>
internal sealed class StopStep(PlannedStep planned, ISupervisor supervisor) : Step(planned)
{
    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        context.Outputs.ContainsKey(PlatformOutputs.OldInstances)
        && await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false) is not { IsAlive: true }
            ? StepState.Done
            : StepState.NotDone;

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var process = await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false);
        var alive = process is { IsAlive: true } ? process : null;

        // Who runs must be on record before it is stopped: after a crash a stopped one looks like one that never ran.
        if (!context.Outputs.ContainsKey(PlatformOutputs.OldInstances))
        {
            var outputs = new Dictionary<string, string>
            {
                [PlatformOutputs.OldInstances] = EngineJson.Write(alive is null ? [] : new[] { alive.Id }),
                [ServiceSteps.StoppedFolder] = alive?.ReleaseFolder ?? "",
            };
            await context.RecordAsync(outputs, cancellationToken).ConfigureAwait(false);
        }

        if (alive is not null)
            await supervisor.StopAsync(alive, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Outputs.GetValueOrDefault(ServiceSteps.StoppedFolder) is { Length: > 0 } folder)
            await supervisor.ReplaceAsync(folder, cancellationToken).ConfigureAwait(false);
    }
}
