using UpgradeOps.Engine.Backups.Dumps;

namespace UpgradeOps.Engine.Backups.Proof;

/// <summary>Compares what is in tables by their checksums. Tables that only one side has are the business of <see cref="RowComparison"/>.</summary>
internal static class ValueComparison
{
    private static readonly char[] Separators = [' ', ',', '.'];

    /// <returns>One clause for each table that differs, such as <c>members has other values</c>.</returns>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> expected, IReadOnlyDictionary<string, string> actual)
    {
        var found = actual.ToDictionary(t => RowComparison.Plain(t.Key), t => t.Value, StringComparer.Ordinal);
        return
        [
            .. from table in expected
               where found.GetValueOrDefault(RowComparison.Plain(table.Key), table.Value) != table.Value
               orderby table.Key
               select $"{RowComparison.Plain(table.Key)} has other values in as many rows",
        ];
    }

    /// <summary>Whether the servers of two notes such as <c>postgresql server 15.8, dump tool 15.8</c> are of one release; another release may write the same value as another text.</summary>
    public static bool IsOneRelease(string recorded, string now) => Release(recorded) == Release(now);

    // PostgreSQL counts releases by one number, MariaDB and MySQL by two.
    private static string Release(string tools) =>
        string.Join(' ', tools.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Take(tools.StartsWith(DumpKind.PostgreSql, StringComparison.Ordinal) ? 3 : 4));
}
