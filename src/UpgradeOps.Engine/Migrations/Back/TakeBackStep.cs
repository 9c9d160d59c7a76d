using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Migrations.Back;

/// <summary>
/// Runs the script that takes a migration back, and makes the tracker forget it, in one transaction where the engine has them for such
/// statements. The tracker's row tells whether it was done. Undone, it does nothing: what a script did in part only the backup brings
/// back, and whether it does is decided with the data.
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

    private async Task<bool> IsAppliedAsync(CancellationToken cancellationToken) =>
        (await TrackedMigrations.ReadAsync(room.Declared, room.Database, cancellationToken).ConfigureAwait(false))
            .Rows.Any(r => VersionOrder.Instance.Compare(r.Version, Version) == 0);
}
