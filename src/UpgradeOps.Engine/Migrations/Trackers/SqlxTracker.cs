using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>sqlx (<c>_sqlx_migrations</c>).</summary>
internal sealed class SqlxTracker : Tracker
{
    public override bool Recognises(IReadOnlyList<string> columns) =>
        columns.Contains("version") && columns.Contains("description") && columns.Contains("success") && columns.Contains("checksum") && !columns.Contains("installed_rank");

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) =>
        [sql.Name("version"), sql.Name("description"), sql.Name("success"), sql.Name("installed_on"), sql.Hexadecimal(sql.Name("checksum"))];

    public override AppliedMigration Read(IReadOnlyList<string?> row) => new(row[0]!, row[1], !IsTrue(row[2]), Time(row[3]), row[4]?.ToLowerInvariant());
}
