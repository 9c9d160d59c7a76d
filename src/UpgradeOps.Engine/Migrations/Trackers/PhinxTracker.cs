using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>Phinx and CakePHP (<c>phinxlog</c>): a migration without an end did not come to it.</summary>
internal sealed class PhinxTracker : Tracker
{
    public override bool Recognises(IReadOnlyList<string> columns) =>
        columns.Contains("version") && columns.Contains("migration_name") && columns.Contains("end_time");

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) => [sql.Name("version"), sql.Name("migration_name"), sql.Name("end_time")];

    public override AppliedMigration Read(IReadOnlyList<string?> row) =>
        new(row[0]!, row[1], row[2] is null || row[2]!.StartsWith("0000-00-00", StringComparison.Ordinal), Time(row[2]));
}
