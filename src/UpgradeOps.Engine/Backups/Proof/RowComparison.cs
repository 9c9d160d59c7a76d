namespace UpgradeOps.Engine.Backups.Proof;

/// <summary>Compares rows by table. A table's schema <c>public</c> may be left out; what a dump says nothing of is empty, or not its business.</summary>
internal static class RowComparison
{
    private const string DefaultSchema = "public.";

    /// <returns>One clause for each table that differs, such as <c>members has 3 rows instead of 5</c>.</returns>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, long> expected, IReadOnlyDictionary<string, long> actual)
    {
        var found = actual.ToDictionary(t => Plain(t.Key), t => t.Value, StringComparer.Ordinal);
        return
        [
            .. from table in expected
               let rows = found.GetValueOrDefault(Plain(table.Key), -1)
               where rows != table.Value && !(rows < 0 && table.Value == 0)
               orderby table.Key
               select rows < 0 ? $"{Plain(table.Key)} is missing and should have {table.Value} rows" : $"{Plain(table.Key)} has {rows} rows instead of {table.Value}",
        ];
    }

    /// <summary>As a person names it.</summary>
    public static string Plain(string table) => table.StartsWith(DefaultSchema, StringComparison.Ordinal) ? table[DefaultSchema.Length..] : table;
}
