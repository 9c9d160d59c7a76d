using System.Globalization;
using UpgradeOps.Engine.Backups.Proof;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>
/// Tells a database of today from one of its backups by numbers of rows, and by growing keys where the backup noted them. The notes were
/// taken after the dump: what is beyond them is in no case in the backup, so each figure is the least that is true.
/// </summary>
internal sealed class TableComparison(string database, IReadOnlyDictionary<string, RowMark> marks)
{
    private const int MostTables = 8;

    /// <param name="newer">Rows beyond the marks, by table.</param>
    /// <returns>Tables that differ, those with the most to lose first.</returns>
    public IReadOnlyList<TableChange> Compare(
        IReadOnlyDictionary<string, long> then, IReadOnlyDictionary<string, long> now, IReadOnlyDictionary<string, long> newer)
    {
        var (before, today, beyond) = (Plain(then), Plain(now), Plain(newer));
        var keys = Plain(marks);
        return
        [
            .. before.Keys.Union(today.Keys)
                .Select(t => Change(t, Of(before, t), Of(today, t), Of(beyond, t), keys.GetValueOrDefault(t)))
                .Where(c => c.NewerRows > 0 || c.GoneRows > 0 || (c.RowsThen ?? 0) != (c.RowsNow ?? 0))
                .OrderByDescending(c => c.NewerRows).ThenByDescending(c => c.GoneRows).ThenBy(c => c.Table, StringComparer.Ordinal),
        ];
    }

    /// <summary>A clause for each table that differs.</summary>
    public static string Describe(IReadOnlyList<TableChange> changes)
    {
        var shown = string.Join("; ", changes.Take(MostTables).Select(Describe));
        var more = changes.Count - MostTables;
        return more > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{shown}; and {more} more tables with at least {changes.Skip(MostTables).Sum(c => c.NewerRows)} newer rows")
            : shown;
    }

    private static string Describe(TableChange change)
    {
        if (change.RowsThen is null)
            return $"{change.Table} came since, with {Rows(change.RowsNow ?? 0)}";
        if (change.RowsNow is null)
            return $"{change.Table} is gone and would come back with {Rows(change.RowsThen.Value)}";
        var parts = new List<string>();
        if (change.NewerRows > 0)
            parts.Add(change.Key is null ? $"at least {Rows(change.NewerRows)} more than in the backup" : $"at least {Rows(change.NewerRows)} newer than the backup");
        if (change.GoneRows > 0)
            parts.Add(change.Key is null ? $"at least {Rows(change.GoneRows)} fewer than in the backup" : $"at least {Rows(change.GoneRows)} of the backup gone");
        return $"{change.Table} has {string.Join(" and ", parts)}";
    }

    private TableChange Change(string table, long? then, long? now, long? beyond, RowMark? mark)
    {
        var (newer, gone) = beyond is { } counted && then is { } had && now is { } has
            ? (counted, Math.Max(0, had - (has - counted)))
            : (Math.Max(0, (now ?? 0) - (then ?? 0)), Math.Max(0, (then ?? 0) - (now ?? 0)));
        return new TableChange
        {
            Database = database,
            Table = table,
            RowsThen = then,
            RowsNow = now,
            NewerRows = newer,
            GoneRows = gone,
            Key = beyond is null ? null : mark?.Column,
        };
    }

    private static string Rows(long rows) => rows == 1 ? "1 row" : string.Create(CultureInfo.InvariantCulture, $"{rows} rows");

    private static long? Of(Dictionary<string, long> counts, string table) => counts.TryGetValue(table, out var count) ? count : null;

    private static Dictionary<string, T> Plain<T>(IReadOnlyDictionary<string, T> tables) => tables.ToDictionary(t => RowComparison.Plain(t.Key), t => t.Value, StringComparer.Ordinal);
}
