using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Migrations.Back;

/// <summary>
/// Runs the script that takes a migration back, and makes the tracker forget it, in one transaction where the engine has them for such
/// statements. The tracker's row tells whether it was done.
/// </summary>
internal sealed class TakeBackStep(PlannedStep planned, MigrationRoom room) : Step(planned)
{
    private string Version => Input(MigrationSteps.Version);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!await IsAppliedAsync(cancellationToken).ConfigureAwait(false))
            return StepState.Done;
        // Without transactions the row goes last: it is there, and half of the rest may be done.
        return Planned.Repeatable == Repeatability.Observable ? StepState.NotDone : StepState.Unknown;
    }

    public override Task DoAsync(StepContext context, CancellationToken cancellationToken) =>
        room.Database.ExecuteScriptAsync(Input(MigrationSteps.Sql), cancellationToken);

    /// <summary>What was taken back as a whole, or may be half, only the backup brings again: a person decides that.</summary>
    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (Planned.Repeatable == Repeatability.Observable && await IsAppliedAsync(cancellationToken).ConfigureAwait(false))
            return;
        throw new AppException(
            ErrorIds.MigrationHalfBack,
            $"Migration {Version} was taken back, wholly or in part, and nothing takes that back again.",
            Version,
            "Look at the schema. The backup that was made before brings the data as it was: Restore-AppBackup.");
    }

    private async Task<bool> IsAppliedAsync(CancellationToken cancellationToken) =>
        (await TrackedMigrations.ReadAsync(room.Declared, room.Database, cancellationToken).ConfigureAwait(false))
            .Rows.Any(r => VersionOrder.Instance.Compare(r.Version, Version) == 0);
}
