using System.Globalization;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>The growing keys of tables: identity and serial columns that alone are the primary key.</summary>
internal sealed class PostgresKeys(PostgresServer server, string database)
{
    /// <summary>Tables asked by one statement.</summary>
    private const int Batch = 100;

    private const string Query =
        """
        SELECT n.nspname, c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE i.indisprimary AND i.indnkeyatts = 1 AND c.relkind = 'r' AND c.relpersistence <> 't' AND a.atttypid IN (20, 21, 23)
        AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        """;

    private static readonly PostgresDialect Sql = PostgresDialect.Instance;

    public async Task<IReadOnlyDictionary<string, RowMark>> MarkAsync(CancellationToken cancellationToken)
    {
        var keys = await KeysAsync(cancellationToken).ConfigureAwait(false);
        var highest = await AskAsync(keys, k => $"max({Sql.Name(k.Column)})", _ => "", cancellationToken).ConfigureAwait(false);
        return keys.ToDictionary(k => k.Id, k => new RowMark(k.Column, highest.GetValueOrDefault(k.Id)));
    }

    public async Task<IReadOnlyDictionary<string, long>> CountNewerAsync(IReadOnlyDictionary<string, RowMark> marks, CancellationToken cancellationToken)
    {
        var same = (await KeysAsync(cancellationToken).ConfigureAwait(false)).Where(k => marks.TryGetValue(k.Id, out var mark) && mark.Column == k.Column).ToList();
        var counts = await AskAsync(
            same,
            _ => "count(*)",
            k => marks[k.Id].Value is { } value ? string.Create(CultureInfo.InvariantCulture, $" WHERE {Sql.Name(k.Column)} > {value}") : "",
            cancellationToken).ConfigureAwait(false);
        return counts.ToDictionary(c => c.Key, c => c.Value ?? 0);
    }

    private async Task<List<KeyColumn>> KeysAsync(CancellationToken cancellationToken) =>
        [.. (await server.RowsAsync(database, Query, cancellationToken).ConfigureAwait(false)).Select(r => new KeyColumn(r[0]!, r[1]!, r[2]!))];

    private async Task<Dictionary<string, long?>> AskAsync(
        IEnumerable<KeyColumn> keys, Func<KeyColumn, string> value, Func<KeyColumn, string> condition, CancellationToken cancellationToken)
    {
        var answers = new Dictionary<string, long?>();
        foreach (var batch in keys.Chunk(Batch))
        {
            var query = string.Join(
                " UNION ALL ", batch.Select(k => $"SELECT {Sql.Text(k.Id)}, {value(k)}::bigint FROM ONLY {Sql.Name(k.Schema)}.{Sql.Name(k.Table)}{condition(k)}"));
            foreach (var row in await server.RowsAsync(database, query, cancellationToken, "SET row_security = off").ConfigureAwait(false))
                answers[row[0]!] = row[1] is null ? null : long.Parse(row[1]!, CultureInfo.InvariantCulture);
        }

        return answers;
    }

    private sealed record KeyColumn(string Schema, string Table, string Column)
    {
        /// <summary>As rows are counted by.</summary>
        public string Id => $"{Schema}.{Table}";
    }
}
