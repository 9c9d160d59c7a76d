using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>Entity Framework Core (<c>__EFMigrationsHistory</c>), also with the snake-case names that some applications choose.</summary>
internal sealed class EntityFrameworkTracker : Tracker
{
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

    private static string? Id(IReadOnlyList<string> columns) => columns.FirstOrDefault(c => Plain(c) == "migrationid");

    private static string Plain(string column) => column.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
