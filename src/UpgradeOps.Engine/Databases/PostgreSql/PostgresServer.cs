using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>A PostgreSQL server, spoken to through psql.</summary>
internal sealed class PostgresServer(DatabaseTools tools, PostgresCommands commands, TimeProvider time)
{
    /// <summary>Sessions are told to end this often before it is given up.</summary>
    private const int Attempts = 40;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private static readonly PostgresDialect Sql = PostgresDialect.Instance;

    private string? _maintenance;

    public DatabaseTools Tools => tools;

    public PostgresCommands Commands => commands;

    public async Task<IReadOnlyList<IReadOnlyList<string?>>> RowsAsync(
        string database, string query, CancellationToken cancellationToken, params IEnumerable<string> settings) =>
        CopyText.Parse(await tools.ReadAsync(commands.Rows(database, query, settings), cancellationToken).ConfigureAwait(false));

    /// <summary>Runs statements in the database from which others are created, renamed and dropped.</summary>
    public async Task ExecuteAsync(IEnumerable<string> statements, CancellationToken cancellationToken) =>
        await tools.RunAsync(commands.Execute(await MaintenanceAsync(cancellationToken).ConfigureAwait(false), statements), null, null, cancellationToken).ConfigureAwait(false);

    public async Task ExecuteAtOnceAsync(IEnumerable<string> statements, CancellationToken cancellationToken) =>
        await tools.RunAsync(commands.ExecuteAtOnce(await MaintenanceAsync(cancellationToken).ConfigureAwait(false), statements), null, null, cancellationToken).ConfigureAwait(false);

    /// <summary>Rows of a query about the server as a whole.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string?>>> CatalogueAsync(string query, CancellationToken cancellationToken) =>
        await RowsAsync(await MaintenanceAsync(cancellationToken).ConfigureAwait(false), query, cancellationToken).ConfigureAwait(false);

    /// <returns>Those of the names that are databases.</returns>
    public async Task<IReadOnlySet<string>> ExistingAsync(CancellationToken cancellationToken, params IEnumerable<string> names)
    {
        var rows = await CatalogueAsync($"SELECT datname FROM pg_database WHERE datname IN ({string.Join(", ", names.Select(Sql.Text))})", cancellationToken).ConfigureAwait(false);
        return rows.Select(r => r[0]!).ToHashSet();
    }

    /// <summary>Ends every session in the databases and waits until they are gone. Who may come back is not decided here.</summary>
    public async Task EndSessionsAsync(CancellationToken cancellationToken, params IEnumerable<string> databases)
    {
        var sessions = $"FROM pg_stat_activity WHERE datname IN ({string.Join(", ", databases.Select(Sql.Text))}) AND pid <> pg_backend_pid()";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var ended = await CatalogueAsync($"SELECT pg_terminate_backend(pid) {sessions}", cancellationToken).ConfigureAwait(false);
            if (ended.Count == 0)
                return;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        var left = await CatalogueAsync($"SELECT coalesce(application_name, ''), coalesce(client_addr::text, 'local') {sessions}", cancellationToken).ConfigureAwait(false);
        if (left.Count > 0)
        {
            throw new AppException(
                ErrorIds.DatabaseToolFailed,
                $"{left.Count} sessions do not end, such as '{left[0][0]}' from {left[0][1]}.",
                tools.Runner.Place,
                "Stop what uses the database, then run the same command again.");
        }
    }

    /// <summary>Drops databases, sessions in them or not.</summary>
    public async Task DropAsync(CancellationToken cancellationToken, params IReadOnlyList<string> databases)
    {
        foreach (var database in await ExistingAsync(cancellationToken, databases).ConfigureAwait(false))
        {
            await ExecuteAsync([$"ALTER DATABASE {Sql.Name(database)} WITH ALLOW_CONNECTIONS false"], cancellationToken).ConfigureAwait(false);
            await EndSessionsAsync(cancellationToken, database).ConfigureAwait(false);
            await ExecuteAsync([$"DROP DATABASE IF EXISTS {Sql.Name(database)}"], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary><c>postgres</c>, or <c>template1</c> where somebody removed that.</summary>
    private async Task<string> MaintenanceAsync(CancellationToken cancellationToken)
    {
        if (_maintenance is not null)
            return _maintenance;
        try
        {
            await RowsAsync("postgres", "SELECT 1", cancellationToken).ConfigureAwait(false);
            return _maintenance = "postgres";
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.DatabaseMissing)
        {
            return _maintenance = "template1";
        }
    }
}
