using Npgsql;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Integration.Kills;

/// <summary>The database of an installation in which operations are killed, seen by its administrator over the project's own network.</summary>
internal sealed class KillDatabase(string address, string password)
{
    public const string Live = "kmp";

    private static readonly string[] Own = [Live, "postgres", "template0", "template1"];
    private static readonly TimeSpan ToolPatience = TimeSpan.FromSeconds(60);

    /// <summary>The newest migration of the live data.</summary>
    public async Task<long> SchemaAsync() => long.Parse((await AskAsync(Live, "SELECT max(version)::text FROM phinxlog"))[0]);

    /// <summary>The rows of one database, whatever the version that wrote them calls their column.</summary>
    public Task<List<string>> RowsAsync(string database) =>
        AskAsync(database, "SELECT coalesce(to_jsonb(e)->>'note', to_jsonb(e)->>'message') FROM entries e ORDER BY id");

    /// <summary>Databases that are neither the application's nor the server's.</summary>
    public async Task<List<string>> OthersAsync() => [.. (await AskAsync("postgres", "SELECT datname FROM pg_database")).Except(Own).Order()];

    /// <summary>What a killed process had begun there has an end of its own: nobody is left at work.</summary>
    public async Task WaitForToolsAsync()
    {
        List<string> working = [];
        for (var waited = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(waited) < ToolPatience; await Task.Delay(100))
        {
            working = await AskAsync("postgres", "SELECT application_name || ' ' || query FROM pg_stat_activity WHERE application_name IN ('pg_dump', 'pg_restore')");
            if (working.Count == 0)
                return;
        }

        throw new KillMatrixException($"still at work in the database: {string.Join("; ", working)}");
    }

    /// <summary>No rows, the schema of the oldest version, and no other database.</summary>
    public async Task ResetAsync()
    {
        foreach (var other in await OthersAsync())
            await AskAsync("postgres", $"DROP DATABASE \"{other}\" WITH (FORCE)");
        if (await SchemaAsync() != KmpRelease.CreateEntries.Version)
        {
            await AskAsync(Live, $"ALTER TABLE entries RENAME COLUMN message TO note; ALTER TABLE entries DROP COLUMN author; DELETE FROM phinxlog WHERE version > {KmpRelease.CreateEntries.Version}");
        }

        await AskAsync(Live, "TRUNCATE entries RESTART IDENTITY");
    }

    private async Task<List<string>> AskAsync(string database, string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = address, Username = "kmp", Password = password, Database = database, Pooling = false, ApplicationName = "kill matrix",
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return lines;
    }
}
