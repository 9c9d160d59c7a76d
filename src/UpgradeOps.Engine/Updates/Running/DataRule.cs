using UpgradeOps.Engine.Migrations.Back;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>What becomes of the data when an update goes back, as far as its plan and the tracker tell.</summary>
internal static class DataRule
{
    /// <returns>
    /// <see cref="DataPolicy.Keep"/> when the schema is as it was, else what the plan declares;
    /// <see cref="DataPolicy.Stop"/> when a person must choose.
    /// </returns>
    public static async Task<DataPolicy> DecideAsync(AppRooms rooms, OperationRecord record, CancellationToken cancellationToken)
    {
        if (record.DataChoice is { } chosen)
            return chosen;
        if (!await MovedAsync(rooms, record, cancellationToken).ConfigureAwait(false))
            return DataPolicy.Keep;

        // Without a backup there is nothing to restore, whatever was declared.
        return record.Plan.OnFailureData == DataPolicy.Restore && record.BackupBefore is null ? DataPolicy.Stop : record.Plan.OnFailureData;
    }

    /// <returns>False when the new version never ran and no migration was begun, no database is declared that it could have changed, or the tracker says that it did not.</returns>
    public static async Task<bool> MovedAsync(AppRooms rooms, OperationRecord record, CancellationToken cancellationToken)
    {
        if (!record.Plan.Steps.Any(s => (s.StartsNew || MigrationSteps.Changes(s)) && record.Step(s.Id).Begun) || record.Plan.From.SchemaFingerprint is null)
            return false;
        var now = await rooms.Schema.ReadAsync(cancellationToken).ConfigureAwait(false);
        return now?.Fingerprint != record.Plan.From.SchemaFingerprint;
    }
}
