using System.Globalization;
using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Databases.MariaDb;

/// <summary>Describes a database's schema as sorted lines, and counts its rows.</summary>
internal sealed partial class MariaDbSchema(MariaDbServer server)
{
    /// <summary>Tables counted by one statement.</summary>
    private const int Batch = 100;

    private static readonly MariaDbDialect Sql = MariaDbDialect.Instance;

    /// <param name="live">The database that a copy may still name in its defaults.</param>
    public async Task<string> DescribeAsync(string database, string live, CancellationToken cancellationToken)
    {
        string Here(string column) => MariaDbServer.In(column, database);
        string[] queries =
        [
            $"SELECT 'database', DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE {Here("SCHEMA_NAME")}",
            $"SELECT 'table', TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION, IF(TABLE_TYPE = 'VIEW', '', CREATE_OPTIONS) FROM information_schema.TABLES WHERE {Here("TABLE_SCHEMA")} AND TABLE_NAME NOT LIKE 'upgradeops\\_swap%'",
            $"SELECT 'column', TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, CHARACTER_SET_NAME, COLLATION_NAME, GENERATION_EXPRESSION FROM information_schema.COLUMNS WHERE {Here("TABLE_SCHEMA")} AND TABLE_NAME NOT LIKE 'upgradeops\\_swap%'",
            $"SELECT 'index', TABLE_NAME, INDEX_NAME, NON_UNIQUE, SEQ_IN_INDEX, COLUMN_NAME, SUB_PART, INDEX_TYPE, COLLATION FROM information_schema.STATISTICS WHERE {Here("TABLE_SCHEMA")} AND TABLE_NAME NOT LIKE 'upgradeops\\_swap%'",
            $"SELECT 'key', TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION, COLUMN_NAME, IF({Here("REFERENCED_TABLE_SCHEMA")}, '', REFERENCED_TABLE_SCHEMA), REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE {Here("TABLE_SCHEMA")} AND REFERENCED_TABLE_NAME IS NOT NULL",
            $"SELECT 'reference', TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE {Here("CONSTRAINT_SCHEMA")}",
            $"SELECT 'check', CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE {Here("CONSTRAINT_SCHEMA")}",
            $"SELECT 'view', TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, SECURITY_TYPE FROM information_schema.VIEWS WHERE {Here("TABLE_SCHEMA")}",
            $"SELECT 'trigger', EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE {Here("TRIGGER_SCHEMA")}",
            $"SELECT 'routine', ROUTINE_TYPE, ROUTINE_NAME, DTD_IDENTIFIER, ROUTINE_DEFINITION, SQL_DATA_ACCESS, IS_DETERMINISTIC, SECURITY_TYPE FROM information_schema.ROUTINES WHERE {Here("ROUTINE_SCHEMA")}",
            $"SELECT 'parameter', ROUTINE_TYPE, SPECIFIC_NAME, ORDINAL_POSITION, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER FROM information_schema.PARAMETERS WHERE {Here("SPECIFIC_SCHEMA")}",
            $"SELECT 'event', EVENT_NAME, EVENT_TYPE, INTERVAL_VALUE, INTERVAL_FIELD, EVENT_DEFINITION FROM information_schema.EVENTS WHERE {Here("EVENT_SCHEMA")}",
        ];
        var rows = await server.RowsAsync(null, string.Join(";\n", queries), cancellationToken).ConfigureAwait(false);
        // An expression of the catalogue names its database, which another copy has not.
        string Plain(string value) => Space().Replace(
            value.Replace(Sql.Name(database) + ".", "", StringComparison.Ordinal).Replace(Sql.Name(live) + ".", "", StringComparison.Ordinal), " ");
        return string.Concat(rows
            .Select(r => string.Join(' ', r.Select(v => Plain(v ?? "-"))))
            .Order(StringComparer.Ordinal)
            .Select(l => l + "\n"));
    }

    public async Task<IReadOnlyDictionary<string, long>> CountAsync(string database, CancellationToken cancellationToken)
    {
        var tables = await server.RowsAsync(
            null,
            $"SELECT TABLE_NAME FROM information_schema.TABLES WHERE {MariaDbServer.In("TABLE_SCHEMA", database)} AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND TABLE_NAME NOT LIKE 'upgradeops\\_swap%'",
            cancellationToken).ConfigureAwait(false);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var batch in tables.Chunk(Batch))
        {
            // The name goes and comes as hexadecimal digits: it is told apart whatever collation a union takes.
            var query = string.Join(" UNION ALL ", batch.Select(t => $"SELECT HEX({Sql.Text(t[0]!)}), COUNT(*) FROM {Sql.Name(database)}.{Sql.Name(t[0]!)}"));
            foreach (var row in await server.RowsAsync(null, query, cancellationToken).ConfigureAwait(false))
                counts[System.Text.Encoding.UTF8.GetString(Convert.FromHexString(row[0]!))] = long.Parse(row[1]!, CultureInfo.InvariantCulture);
        }

        return counts;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
