using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.MariaDb;

/// <summary>A MariaDB or MySQL server, spoken to through the mariadb client.</summary>
internal sealed class MariaDbServer(DatabaseTools tools, MariaDbCommands commands)
{
    private static readonly MariaDbDialect Sql = MariaDbDialect.Instance;

    private MariaDbCommands? _found;
    private string? _dumpVersion;

    public DatabaseTools Tools => tools;

    /// <summary>The command lines by the names that the tools have here.</summary>
    public async Task<MariaDbCommands> CommandsAsync(CancellationToken cancellationToken)
    {
        if (_found is not null)
            return _found;
        try
        {
            _dumpVersion = await tools.ReadAsync(commands.DumpVersion, cancellationToken).ConfigureAwait(false);
            return _found = commands;
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.HostCommandMissing)
        {
            var older = commands with { Client = "mysql", DumpTool = "mysqldump" };
            _dumpVersion = await tools.ReadAsync(older.DumpVersion, cancellationToken).ConfigureAwait(false);
            return _found = older with { OfMySql = !_dumpVersion.Contains("MariaDB", StringComparison.Ordinal) };
        }
    }

    /// <summary>What the dump tool says when asked for its version.</summary>
    public async Task<string> DumpVersionAsync(CancellationToken cancellationToken)
    {
        await CommandsAsync(cancellationToken).ConfigureAwait(false);
        return _dumpVersion!;
    }

    /// <summary>Runs statements and gives the rows of each that has columns.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<IReadOnlyList<string?>>>> QueryAsync(string? database, string sql, CancellationToken cancellationToken)
    {
        var found = await CommandsAsync(cancellationToken).ConfigureAwait(false);
        return XmlRows.Parse(await tools.ReadAsync(found.Query(database), cancellationToken, sql).ConfigureAwait(false));
    }

    /// <summary>Rows of a single query.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string?>>> RowsAsync(string? database, string sql, CancellationToken cancellationToken) =>
        (await QueryAsync(database, sql, cancellationToken).ConfigureAwait(false)).SelectMany(s => s).ToList();

    /// <summary>Runs statements in one session, up to the first that fails.</summary>
    public async Task ExecuteAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        var found = await CommandsAsync(cancellationToken).ConfigureAwait(false);
        await tools.ReadAsync(found.Script(null), cancellationToken, MariaDbScript.Render(statements)).ConfigureAwait(false);
    }

    /// <returns>Those of the names that are databases.</returns>
    public async Task<IReadOnlySet<string>> ExistingAsync(CancellationToken cancellationToken, params IEnumerable<string> names)
    {
        var query = string.Join(" UNION ALL ", names.Select(n => $"SELECT {Sql.Text(n)} FROM information_schema.SCHEMATA WHERE {In("SCHEMA_NAME", n)}"));
        return (await RowsAsync(null, query, cancellationToken).ConfigureAwait(false)).Select(r => r[0]!).ToHashSet();
    }

    /// <summary>Ends the sessions that have chosen one of the databases, as far as the user may see and end them.</summary>
    public async Task EndSessionsAsync(CancellationToken cancellationToken, params IEnumerable<string> databases)
    {
        var chosen = string.Join(" OR ", databases.Select(d => $"({In("DB", d)})"));
        var sessions = await RowsAsync(null, $"SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND COMMAND <> 'Killed' AND ({chosen})", cancellationToken).ConfigureAwait(false);
        if (sessions.Count == 0)
            return;
        var found = await CommandsAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // One that has just ended by itself is no failure.
            await tools.ReadAsync(found.Forced(null), cancellationToken, MariaDbScript.Render(sessions.Select(s => $"KILL CONNECTION {s[0]}"))).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.DatabaseToolFailed)
        {
        }
    }

    public async Task DropAsync(CancellationToken cancellationToken, params IReadOnlyList<string> databases)
    {
        foreach (var database in await ExistingAsync(cancellationToken, databases).ConfigureAwait(false))
        {
            await EndSessionsAsync(cancellationToken, database).ConfigureAwait(false);
            await ExecuteAsync([$"DROP DATABASE IF EXISTS {Sql.Name(database)}"], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes an empty database with the default characters of another.</summary>
    public async Task CreateLikeAsync(string name, string model, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(
            null, $"SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE {In("SCHEMA_NAME", model)}", cancellationToken).ConfigureAwait(false);
        var characters = rows.Count == 0 ? "" : $" CHARACTER SET {rows[0][0]} COLLATE {rows[0][1]}";
        await ExecuteAsync([$"CREATE DATABASE {Sql.Name(name)}{characters}"], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A condition on a name in information_schema, whose columns do not tell capitals from small letters although most servers do.
    /// </summary>
    public static string In(string column, string database) =>
        $"{column} = {Sql.Text(database)} AND IF(@@lower_case_table_names = 0, BINARY {column} = BINARY {Sql.Text(database)}, TRUE)";
}
