using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>golang-migrate (<c>schema_migrations</c>): one row, the version that the schema has reached, dirty when it failed on the way there.</summary>
internal sealed class GolangMigrateTracker : Tracker
{
    public override bool Recognises(IReadOnlyList<string> columns) => columns.Contains("version") && columns.Contains("dirty");

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) => [sql.Name("version"), sql.Name("dirty")];

    public override AppliedMigration Read(IReadOnlyList<string?> row) => new(row[0]!, null, IsTrue(row[1]), null);
}
