using System.Text.RegularExpressions;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations.Files;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>Entity Framework Core (<c>__EFMigrationsHistory</c>), also with the snake-case names that some applications choose.</summary>
internal sealed partial class EntityFrameworkTracker : Tracker
{
    public override string Tool => "EF Core";

    public override bool Recognises(IReadOnlyList<string> columns) => Id(columns) is not null && columns.Any(c => Plain(c) == "productversion");

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) => [sql.Name(Id(columns)!)];

    /// <remarks>A row is written in the migration's own transaction: there are no failed ones. The id is a time and a title.</remarks>
    public override AppliedMigration Read(IReadOnlyList<string?> row)
    {
        var underscore = row[0]!.IndexOf('_', StringComparison.Ordinal);
        return underscore > 0
            ? new AppliedMigration(row[0]![..underscore], row[0]![(underscore + 1)..], false, null)
            : new AppliedMigration(row[0]!, null, false, null);
    }

    /// <remarks>The designer's half of a migration is no other one.</remarks>
    public override MigrationName? NameOf(string file) => FileName().Match(file) is { Success: true } m
        ? new MigrationName(m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value == ".down.sql")
        : null;

    public override string Forget(TrackerTable table, AppliedMigration migration, AppliedMigration? before, SqlDialect sql) =>
        $"DELETE FROM {table.Name} WHERE {sql.Name(Id(table.Columns)!)} = {sql.Text(migration.Title is null ? migration.Version : $"{migration.Version}_{migration.Title}")}";

    [GeneratedRegex(@"^([0-9]{14})_(.+?)(?<!\.Designer)(\.cs|\.down\.sql|(?<!\.down)\.sql)$")]
    private static partial Regex FileName();

    private static string? Id(IReadOnlyList<string> columns) => columns.FirstOrDefault(c => Plain(c) == "migrationid");

    private static string Plain(string column) => column.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
