using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Steps;

/// <summary>Starts again what <see cref="StopWritersStep"/> stopped; undone, it stops it, so that data can be put back in peace.</summary>
internal sealed class StartWritersStep(PlannedStep planned, IPlatform platform) : Step(planned)
{
    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var stopped = context.OutputsOf(AppSteps.StopWriters).GetValueOrDefault(PlatformOutputs.OldInstances, "[]");
        await platform.StartWritersAsync(JournalJson.Read<List<string>>(stopped, context.OperationId), cancellationToken).ConfigureAwait(false);
    }

    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken) => platform.StopWritersAsync(cancellationToken);
}
