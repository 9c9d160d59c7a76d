using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Copies the backup that this operation made to the remote store. Done again, it sends what is missing.</summary>
internal sealed class UploadStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.OutputsOf(RestoreSteps.CreateKind).TryGetValue(RestoreSteps.BackupIdOutput, out var backupId))
            throw new AppException(ErrorIds.PlanDamaged, $"Step {Planned.Id} finds no backup that an earlier step made.", Planned.Id);
        var late = OptionalInput(RestoreSteps.LateInput) == "true";
        try
        {
            foreach (var finding in await parts.Backups.UploadAsync(backupId, others: late, (what, done, total) => context.Tell(what, done, total), cancellationToken).ConfigureAwait(false))
                Warn(context, finding.Message);
            await context.RecordAsync("uploaded", backupId, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (late && e is AppException or OperationCanceledException)
        {
            // The new version serves and is kept: a copy that comes with the next backup is no reason to go back.
            Warn(context, $"Backup {backupId} is on this machine only, and is copied with the next backup: {(e is AppException ? e.Message : "it was stopped.")}");
            await context.RecordAsync("late", backupId, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AppException e)
        {
            throw new AppException(e.ErrorId, $"Backup {backupId} is whole on this machine, but was not copied away. {e.Message}", e.Error.Target, e.Error.RecommendedAction, e);
        }
    }

    private void Warn(StepContext context, string message) =>
        context.Progress.Report(new ProgressEvent(ProgressKind.Warning, Planned.Id, message) { At = context.Time.GetUtcNow() });
}
