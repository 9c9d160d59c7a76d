using System.Globalization;
using System.Text;

namespace UpgradeOps.Engine.Databases.MariaDb;

/// <summary>The growing keys of tables: AUTO_INCREMENT columns that are keys by themselves.</summary>
internal sealed class MariaDbKeys(MariaDbServer server, string database)
{
    /// <summary>Tables asked by one statement.</summary>
    private const int Batch = 100;

    private static readonly MariaDbDialect Sql = MariaDbDialect.Instance;

    public async Task<IReadOnlyDictionary<string, RowMark>> MarkAsync(CancellationToken cancellationToken)
    {
        var keys = await KeysAsync(cancellationToken).ConfigureAwait(false);
        var highest = await AskAsync(keys, k => $"MAX({Sql.Name(k.Value)})", _ => "", cancellationToken).ConfigureAwait(false);
        return highest.ToDictionary(h => h.Key, h => new RowMark(keys[h.Key], h.Value));
    }

    public async Task<IReadOnlyDictionary<string, long>> CountNewerAsync(IReadOnlyDictionary<string, RowMark> marks, CancellationToken cancellationToken)
    {
        var same = (await KeysAsync(cancellationToken).ConfigureAwait(false)).Where(k => marks.TryGetValue(k.Key, out var mark) && mark.Column == k.Value);
        var counts = await AskAsync(
            same,
            _ => "COUNT(*)",
            k => marks[k.Key].Value is { } value ? string.Create(CultureInfo.InvariantCulture, $" WHERE {Sql.Name(k.Value)} > {value}") : "",
            cancellationToken).ConfigureAwait(false);
        return counts.ToDictionary(c => c.Key, c => c.Value ?? 0);
    }

    /// <returns>Column by table.</returns>
    private async Task<IReadOnlyDictionary<string, string>> KeysAsync(CancellationToken cancellationToken)
    {
        var rows = await server.RowsAsync(
            null,
            $"SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE {MariaDbServer.In("TABLE_SCHEMA", database)} AND EXTRA LIKE '%auto_increment%' AND TABLE_NAME NOT LIKE 'upgradeops\\_swap%'",
            cancellationToken).ConfigureAwait(false);
        return rows.ToDictionary(r => r[0]!, r => r[1]!);
    }

    private async Task<Dictionary<string, long?>> AskAsync(
        IEnumerable<KeyValuePair<string, string>> keys, Func<KeyValuePair<string, string>, string> value, Func<KeyValuePair<string, string>, string> condition,
        CancellationToken cancellationToken)
    {
        var answers = new Dictionary<string, long?>();
        foreach (var batch in keys.Chunk(Batch))
        {
            // The name goes and comes as hexadecimal digits: it is told apart whatever collation a union takes.
            var query = string.Join(
                " UNION ALL ", batch.Select(k => $"SELECT HEX({Sql.Text(k.Key)}), {value(k)} FROM {Sql.Name(database)}.{Sql.Name(k.Key)}{condition(k)}"));
            foreach (var row in await server.RowsAsync(null, query, cancellationToken).ConfigureAwait(false))
            {
                // A key of 64 bits without sign may be beyond what is compared here: such a table is only counted.
                if (row[1] is null || long.TryParse(row[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
                    answers[Encoding.UTF8.GetString(Convert.FromHexString(row[0]!))] = row[1] is null ? null : long.Parse(row[1]!, CultureInfo.InvariantCulture);
            }
        }

        return answers;
    }
}
