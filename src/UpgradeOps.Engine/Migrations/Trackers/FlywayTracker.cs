using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>Flyway (<c>flyway_schema_history</c>).</summary>
internal sealed class FlywayTracker : Tracker
{
    public override bool Recognises(IReadOnlyList<string> columns) =>
        columns.Contains("installed_rank") && columns.Contains("script") && columns.Contains("success");

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) =>
        new[] { "version", "script", "description", "success", "installed_on", "checksum", "type" }.Select(sql.Name).ToList();

    /// <remarks>A repeatable migration has no version: its script stands for it. The tool's own marks are no migrations.</remarks>
    public override AppliedMigration? Read(IReadOnlyList<string?> row) => row[6] is "SCHEMA" or "BASELINE" or "DELETE"
        ? null
        : new AppliedMigration(row[0] ?? row[1]!, row[2], !IsTrue(row[3]), Time(row[4]), row[5]);
}
