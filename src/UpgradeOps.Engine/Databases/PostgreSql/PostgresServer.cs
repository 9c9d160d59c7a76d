using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>A PostgreSQL server, spoken to through psql.</summary>
internal sealed class PostgresServer(DatabaseTools tools, PostgresCommands commands)
{
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

    /// <summary>A query that tells every session in the databases to end.</summary>
    public static string EndSessions(IEnumerable<string> databases) =>
        $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ({string.Join(", ", databases.Select(Sql.Text))}) AND pid <> pg_backend_pid()";

    /// <summary>Drops databases, sessions in them or not.</summary>
    public async Task DropAsync(CancellationToken cancellationToken, params IReadOnlyList<string> databases)
    {
        foreach (var database in await ExistingAsync(cancellationToken, databases).ConfigureAwait(false))
        {
            // Whoever is told to end is waited for by the server itself, for 5 s; nobody new gets in.
            await ExecuteAsync(
                [
                    $"ALTER DATABASE {Sql.Name(database)} WITH ALLOW_CONNECTIONS false",
                    EndSessions([database]),
                    $"DROP DATABASE IF EXISTS {Sql.Name(database)}",
                ],
                cancellationToken).ConfigureAwait(false);
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
