using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Updates.Steps;

/// <summary>
/// Does nothing on the way forward. On the way back the new version is stopped and the old one not yet started: the one moment to
/// restore data, if that was decided. The live data is put aside, never removed.
/// </summary>
internal sealed class DataGuardStep(PlannedStep planned, IBackups backups, AppSteps apps, Func<OperationRecord> record, bool repeatUncertain) : Step(planned)
{
    private const string RestorePlan = "restorePlan";

    public override Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(StepState.Done);

    public override Task DoAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var operation = record();
        if (operation.DataChoice != DataPolicy.Restore || HasRestored(operation))
        {
            return;
        }

        foreach (var planned in await StepsAsync(operation, context, cancellationToken).ConfigureAwait(false))
        {
            var nested = new NestedContext(context, planned);
            if (nested.Outputs.ContainsKey(NestedContext.Done))
            {
                continue;
            }

            IStepSource source = planned.Kind.StartsWith($"{apps.Prefix}.", StringComparison.Ordinal) ? apps : backups;
            var step = source.Create(planned);
            var seen = nested.Outputs.ContainsKey(NestedContext.Begun) ? await step.ObserveAsync(nested, cancellationToken).ConfigureAwait(false) : StepState.NotDone;
            if (seen == StepState.Unknown && planned.Repeatable == Repeatability.Uncertain && !repeatUncertain)
            {
                throw Uncertain.Error(planned, operation.Plan.Name);
            }

            if (seen != StepState.Done)
            {
                context.Tell(planned.Description);
                await nested.RecordAsync(NestedContext.Begun, "true", cancellationToken).ConfigureAwait(false);
                await step.DoAsync(nested, cancellationToken).ConfigureAwait(false);
            }

            await nested.RecordAsync(NestedContext.Done, "true", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A guard that stands later in the plan, and so was undone before this one, has put the data back.</summary>
    private bool HasRestored(OperationRecord operation) => operation.Plan.Steps.Any(s =>
        s.Kind == DataSteps.Guard && s.Id != Planned.Id && operation.Step(s.Id) is { Undone: true } other && other.Outputs.ContainsKey(RestorePlan));

    // The plan of the restore is made once and written down: after a crash the same steps go on.
    private async Task<IReadOnlyList<PlannedStep>> StepsAsync(OperationRecord operation, StepContext context, CancellationToken cancellationToken)
    {
        if (context.Outputs.TryGetValue(RestorePlan, out var written))
        {
            return JournalJson.Read<List<PlannedStep>>(written, context.OperationId);
        }

        var backupId = operation.BackupBefore ?? throw new AppException(
            ErrorIds.BackupNotFound, $"Operation {context.OperationId} made no backup that could be restored.", operation.Plan.Name);
        var restore = await backups.PlanRestoreAsync(backupId, null, cancellationToken).ConfigureAwait(false);

        // Writes went on after the backup, unless the plan stopped them for it: then what is live gets a backup of its own first.
        IReadOnlyList<PlannedStep> second = operation.Plan.OnFailureData == DataPolicy.Restore ? [] : BackupSteps.Plan(quiesced: true, OptionalInput(DataSteps.WhileRunning) is null ? operation.Plan.To : operation.Plan.From);
        var steps = new List<PlannedStep>();
        if (OptionalInput(DataSteps.WhileRunning) is not null)
            (second, restore) = ([AppSteps.PlanStop(StepPhase.Switch), .. second], [.. restore, AppSteps.PlanStart(StepPhase.Switch)]);
        foreach (var step in second.Concat(restore))
        {
            // Number 1 is the backup that the operation itself made.
            steps.Add(step with { Id = $"{Planned.Id}/{step.Kind}#{steps.Count + 2}" });
        }

        await context.RecordAsync(RestorePlan, EngineJson.Write(steps), cancellationToken).ConfigureAwait(false);
        return steps;
    }
}
