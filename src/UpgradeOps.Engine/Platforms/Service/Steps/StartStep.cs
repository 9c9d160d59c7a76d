using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Service.Steps;

/// <summary>Starts the application from its release folder, and tells which process must answer from now on.</summary>
internal sealed class StartStep(PlannedStep planned, ISupervisor supervisor) : Step(planned)
{
    private string Folder => Input(ServiceSteps.Folder);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false) is { IsAlive: true } process
        && process.ReleaseFolder == Folder
        && Recorded(context) == EngineJson.Write(new[] { process.Id })
            ? StepState.Done
            : StepState.NotDone;

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        // A start that a crash cut off from its record is found running and written down now.
        var process = await supervisor.ReplaceAsync(Folder, cancellationToken).ConfigureAwait(false);
        await context.RecordAsync(PlatformOutputs.NewInstances, EngineJson.Write(new[] { process.Id }), cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false) is not { IsAlive: true } process)
            return;

        // The old version may run again already, put back by an undo that was cut off after that.
        var stopped = context.OutputsOf(ServiceSteps.Stop).GetValueOrDefault(PlatformOutputs.OldInstances) ?? "[]";
        if (process.ReleaseFolder == Folder && stopped != EngineJson.Write(new[] { process.Id }))
            await supervisor.StopAsync(process, cancellationToken).ConfigureAwait(false);
    }

    private static string? Recorded(StepContext context) => context.Outputs.GetValueOrDefault(PlatformOutputs.NewInstances);
}
