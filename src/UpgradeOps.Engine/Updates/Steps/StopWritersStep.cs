using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Steps;

/// <summary>Stops what writes data, and remembers exactly what it stopped.</summary>
internal sealed class StopWritersStep(PlannedStep planned, IPlatform platform) : Step(planned)
{
    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        // Who runs must be on record before anyone is stopped: after a crash a stopped one looks like one that never ran.
        if (!context.Outputs.ContainsKey(PlatformOutputs.OldInstances))
        {
            var deployment = await platform.InspectAsync(cancellationToken).ConfigureAwait(false);
            var running = deployment.Instances.Where(i => i.IsRunning).Select(i => i.Id).ToList();
            await context.RecordAsync(PlatformOutputs.OldInstances, EngineJson.Write(running), cancellationToken).ConfigureAwait(false);
        }

        await platform.StopWritersAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Outputs.TryGetValue(PlatformOutputs.OldInstances, out var ids))
        {
            await platform.StartWritersAsync(JournalJson.Read<List<string>>(ids, context.OperationId), cancellationToken).ConfigureAwait(false);
        }
    }
}
