using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations.Trackers;

namespace UpgradeOps.Engine.Migrations;

/// <summary>What the database itself tells of its migrations.</summary>
/// <param name="Tracker">Of the tool that keeps the table; null when nothing is declared or was ever applied.</param>
/// <param name="Table">Null before the first migration ever, and for a declared query.</param>
internal sealed record TrackedMigrations(Tracker? Tracker, TrackerTable? Table, IReadOnlyList<AppliedMigration> Rows, bool IsKnown = true)
{
    private static readonly TrackedMigrations Nothing = new(null, null, []);

    /// <summary>Reads the declared table or query; a table that is not there yet tells of nothing.</summary>
    public static async Task<TrackedMigrations> ReadAsync(MigrationsDefinition declared, IDatabase database, CancellationToken cancellationToken)
    {
        if (declared.Query is { } query)
        {
            var tracker = new QueryTracker();
            return new TrackedMigrations(tracker, null, Sorted(tracker, await database.QueryAsync(query, cancellationToken).ConfigureAwait(false)));
        }

        if (declared.Table is not { } name || await TrackerTable.FindAsync(database, name, cancellationToken).ConfigureAwait(false) is not { } table)
            return Nothing;
        var sql = SqlDialect.Of(database);
        var known = Tracker.Known.FirstOrDefault(t => t.Recognises(table.Columns));
        var reader = known ?? new FirstColumnTracker();
        var rows = await database.QueryAsync($"SELECT {string.Join(", ", reader.Select(table.Columns, sql))} FROM {table.Name}", cancellationToken).ConfigureAwait(false);
        return new TrackedMigrations(reader, table, Sorted(reader, rows), known is not null);
    }

    private static List<AppliedMigration> Sorted(Tracker tracker, IReadOnlyList<IReadOnlyList<string?>> rows) =>
        rows.Select(tracker.Read).OfType<AppliedMigration>().OrderBy(m => m.Version, VersionOrder.Instance).ToList();
}
