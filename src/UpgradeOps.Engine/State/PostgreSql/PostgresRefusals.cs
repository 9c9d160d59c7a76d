using Npgsql;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>Refused attempts as rows, which nobody's lease has to do with. May be run twice when the answer to the first time was lost.</summary>
internal sealed class PostgresRefusals(string name, PostgresPlace place)
{
    private readonly string _table = $"{place.Schema}.refused";

    public async Task<bool> AppendAsync(NpgsqlConnection connection, string line, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            $"INSERT INTO {_table} (app, line) SELECT @app, @line WHERE NOT EXISTS (SELECT FROM {_table} WHERE app = @app AND line = @line)",
            [("app", name), ("line", line)],
            cancellationToken).ConfigureAwait(false);

        // A role that can only add leaves the old ones to whoever owns the tables.
        var mayDelete = await connection.ListAsync<bool>($"SELECT has_table_privilege('{_table}', 'DELETE')", [], cancellationToken).ConfigureAwait(false);
        if (mayDelete is [true])
        {
            await connection.ExecuteAsync(
                $"DELETE FROM {_table} WHERE app = @app AND position <= (SELECT position FROM {_table} WHERE app = @app ORDER BY position DESC OFFSET {RefusedAttempts.Kept} LIMIT 1)",
                [("app", name)],
                cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    public async Task<IReadOnlyList<string>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var newest = await connection.ListAsync<string>(
            $"SELECT line FROM {_table} WHERE app = @app ORDER BY position DESC LIMIT {RefusedAttempts.Kept}", [("app", name)], cancellationToken).ConfigureAwait(false);
        return newest.Reverse().ToList();
    }
}
