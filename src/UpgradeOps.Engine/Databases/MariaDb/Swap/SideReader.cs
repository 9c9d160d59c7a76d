using System.Text;

namespace UpgradeOps.Engine.Databases.MariaDb.Swap;

/// <summary>Reads what is in a database, with the text of all that cannot be moved.</summary>
internal sealed class SideReader(MariaDbServer server)
{
    private static readonly MariaDbDialect Sql = MariaDbDialect.Instance;

    public async Task<SwapSide> ReadAsync(string database, CancellationToken cancellationToken)
    {
        string Here(string column) => MariaDbServer.In(column, database);
        // A view that refers to what is not there any more has its error for a comment. It cannot be made again anywhere: it stays.
        var sets = await server.QueryAsync(
            null,
            $"""
            SELECT 'table', TABLE_NAME FROM information_schema.TABLES WHERE {Here("TABLE_SCHEMA")} AND TABLE_TYPE NOT IN ('VIEW', 'SYSTEM VIEW') AND TABLE_NAME NOT IN ('{SwapStore.Table}', '{SwapStore.Draft}', '{SwapStore.Finished}') ORDER BY TABLE_NAME;
            SELECT 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, DEFINER, ACTION_STATEMENT, SQL_MODE, COLLATION_CONNECTION
                FROM information_schema.TRIGGERS WHERE {Here("TRIGGER_SCHEMA")} ORDER BY EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER;
            SELECT 'view', TABLE_NAME FROM information_schema.TABLES WHERE {Here("TABLE_SCHEMA")} AND TABLE_TYPE = 'VIEW' AND TABLE_COMMENT = 'VIEW' ORDER BY TABLE_NAME;
            SELECT 'column', c.TABLE_NAME, c.COLUMN_NAME FROM information_schema.COLUMNS c JOIN information_schema.VIEWS v ON v.TABLE_SCHEMA = c.TABLE_SCHEMA AND v.TABLE_NAME = c.TABLE_NAME
                WHERE {Here("c.TABLE_SCHEMA")} ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION;
            SELECT 'routine', ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE {Here("ROUTINE_SCHEMA")} ORDER BY ROUTINE_TYPE, ROUTINE_NAME;
            SELECT 'event', EVENT_NAME, STATUS FROM information_schema.EVENTS WHERE {Here("EVENT_SCHEMA")} ORDER BY EVENT_NAME;
            """,
            cancellationToken).ConfigureAwait(false);
        var rows = sets.SelectMany(s => s).ToLookup(r => r[0]!, r => r.Skip(1).Select(v => v ?? "").ToList());
        var columns = rows["column"].ToLookup(r => r[0], r => r[1]);
        return new SwapSide(
            rows["table"].Select(r => r[0]).ToList(),
            rows["trigger"].Select(r => new TriggerText(r[0], r[1], r[2], r[3].Replace(",", " OR ", StringComparison.Ordinal), Account(r[4]), r[5], r[6], r[7])).ToList(),
            await ViewsAsync(database, rows["view"].Select(r => r[0]).ToList(), columns, cancellationToken).ConfigureAwait(false),
            await RoutinesAsync(database, rows["routine"].Select(r => (r[0], r[1])).ToList(), cancellationToken).ConfigureAwait(false),
            rows["event"].Select(r => new EventName(r[0], r[1] == "ENABLED" || ResumesWhenLive(r[1]))).ToList());
    }

    /// <summary>Rights on single routines; none where the user may not read them.</summary>
    public async Task<IReadOnlyList<RoutineGrant>> GrantsAsync(string database, CancellationToken cancellationToken)
    {
        try
        {
            var rows = await server.RowsAsync(
                null, $"SELECT Routine_type, Routine_name, Proc_priv, User, Host FROM mysql.procs_priv WHERE {MariaDbServer.In("Db", database)}", cancellationToken).ConfigureAwait(false);
            return rows.Select(Grant).ToList();
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.DatabaseUnauthorized)
        {
            return [];
        }
    }

    /// <summary>
    /// A database that is not live has its events asleep, or they would change what is kept aside. "Disabled on slave" tells those
    /// that sleep only here from those that somebody disabled.
    /// </summary>
    private static bool ResumesWhenLive(string status) => status is "SLAVESIDE_DISABLED" or "REPLICA_SIDE_DISABLED";

    private async Task<IReadOnlyList<ViewText>> ViewsAsync(string database, List<string> names, ILookup<string, string> columns, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
            return [];
        // From within the database: only so the text leaves the database's name out.
        var sets = await server.QueryAsync(database, $"SET SESSION sql_mode = '';\n{string.Concat(names.Select(n => $"SHOW CREATE VIEW {Sql.Name(n)};\n"))}", cancellationToken).ConfigureAwait(false);
        return names.Select((n, i) => new ViewText(n, Told(sets[i][0][1], n), sets[i][0][3]!, columns[n].ToList())).ToList();
    }

    private async Task<IReadOnlyList<RoutineText>> RoutinesAsync(string database, List<(string Kind, string Name)> routines, CancellationToken cancellationToken)
    {
        if (routines.Count == 0)
            return [];
        var sets = await server.QueryAsync(database, string.Concat(routines.Select(r => $"SHOW CREATE {r.Kind} {Sql.Name(r.Name)};\n")), cancellationToken).ConfigureAwait(false);
        return routines.Select((r, i) => new RoutineText(r.Kind, r.Name, Told(sets[i][0][2], r.Name), sets[i][0][1]!, sets[i][0][4]!)).ToList();
    }

    private static string Told(string? create, string name) => create ?? throw new AppException(
        ErrorIds.DatabaseUnauthorized, $"The database user may not see how '{name}' is made, so it could not be made again.", name);

    private static RoutineGrant Grant(IReadOnlyList<string?> row)
    {
        var rights = row[2]!.ToUpperInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries);
        var given = rights.Where(r => r is not "GRANT").DefaultIfEmpty("USAGE");
        return new RoutineGrant(row[0]!, row[1]!, string.Join(", ", given), $"{Quote(row[3]!)}@{Quote(row[4]!)}", rights.Contains("GRANT"));
    }

    /// <summary><c>root@%</c> as information_schema writes it; the last @ parts user and host.</summary>
    private static string Account(string definer)
    {
        var at = definer.LastIndexOf('@');
        return at < 0 ? Quote(definer) : $"{Quote(definer[..at])}@{Quote(definer[(at + 1)..])}";
    }

    /// <summary>A user's name may be empty or longer than an object's.</summary>
    private static string Quote(string name) => new StringBuilder("`").Append(name.Replace("`", "``", StringComparison.Ordinal)).Append('`').ToString();
}
