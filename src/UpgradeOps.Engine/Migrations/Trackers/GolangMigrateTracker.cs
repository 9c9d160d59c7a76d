using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>golang-migrate (<c>schema_migrations</c>): one row, the version that the schema has reached, dirty when it failed on the way there.</summary>
internal sealed class GolangMigrateTracker : Tracker
{
    public override string Tool => "golang-migrate";

    public override bool KeepsPlace => true;

    public override bool Recognises(IReadOnlyList<string> columns) => columns.Contains("version") && columns.Contains("dirty");

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) => [sql.Name("version"), sql.Name("dirty")];

    public override AppliedMigration Read(IReadOnlyList<string?> row) => new(row[0]!, null, IsTrue(row[1]), null);

    /// <remarks>The one row moves back to the version before; before the first there is none.</remarks>
    public override string Forget(TrackerTable table, AppliedMigration migration, AppliedMigration? before, SqlDialect sql) => before is null
        ? $"DELETE FROM {table.Name}"
        : $"UPDATE {table.Name} SET {sql.Name("version")} = {sql.Text(before.Version)}, {sql.Name("dirty")} = FALSE";
}
