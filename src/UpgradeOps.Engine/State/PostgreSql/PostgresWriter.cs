using Npgsql;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>
/// Writes as the owner of a lease. Each is one statement that names the fence: whoever takes the lease waits for it, or it finds the
/// lease taken and writes nothing. Each may be run twice, when the answer to the first time was lost with the connection.
/// </summary>
internal sealed class PostgresWriter(string name, PostgresPlace place)
{
    private readonly string _held = $"SELECT name FROM {place.Schema}.app WHERE name = @app AND fence = @fence AND owner IS NOT NULL FOR UPDATE";

    public Task AppendAsync(PostgresLease lease, string operationId, string line, CancellationToken cancellationToken) => lease.Session.RunAsync(
        async (connection, token) =>
        {
            if (!lease.NextPositions.TryGetValue(operationId, out var position))
            {
                position = (int)await connection.NumberAsync(
                    $"SELECT coalesce(max(position), 0) + 1 FROM {place.Schema}.journal WHERE app = @app AND operation = @operation",
                    [("app", name), ("operation", operationId)], token).ConfigureAwait(false);
                lease.NextPositions[operationId] = position;
            }

            var rows = await connection.NumberAsync(
                $"""
                WITH held AS ({_held}),
                     put AS (INSERT INTO {place.Schema}.journal (app, operation, position, line, fence)
                             SELECT name, @operation, @position, @line, @fence FROM held ON CONFLICT DO NOTHING RETURNING 1)
                SELECT (SELECT count(*) FROM held) + (SELECT count(*) FROM put)
                """,
                [("app", name), ("fence", lease.Fence), ("operation", operationId), ("position", position), ("line", line)],
                token).ConfigureAwait(false);
            if (rows == 0)
            {
                throw await LostAsync(connection, lease, token).ConfigureAwait(false);
            }

            if (rows == 1)
            {
                await RequireSameAsync(connection, operationId, position, line, token).ConfigureAwait(false);
            }

            lease.NextPositions[operationId] = position + 1;
            return true;
        },
        cancellationToken);

    public Task KeepAsync(PostgresLease lease, string operationId, string file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => lease.Session.RunAsync(
        async (connection, token) =>
        {
            var held = await connection.NumberAsync(
                $"""
                WITH held AS ({_held}),
                     put AS (INSERT INTO {place.Schema}.kept (app, operation, name, content, fence)
                             SELECT name, @operation, @file, @content, @fence FROM held ON CONFLICT DO NOTHING)
                SELECT count(*) FROM held
                """,
                [("app", name), ("fence", lease.Fence), ("operation", operationId), ("file", file), ("content", bytes.ToArray())],
                token).ConfigureAwait(false);
            return held == 1 ? true : throw await LostAsync(connection, lease, token).ConfigureAwait(false);
        },
        cancellationToken);

    /// <param name="change">From the memory as it is to what it becomes; null where none was written yet.</param>
    public Task RememberAsync(PostgresLease lease, Func<string?, string> change, CancellationToken cancellationToken)
    {
        string? written = null;
        return lease.Session.RunAsync(
            async (connection, token) =>
            {
                var before = (await connection.ListAsync<string>($"SELECT memory FROM {place.Schema}.app WHERE name = @app", [("app", name)], token).ConfigureAwait(false)).FirstOrDefault();
                if (written is not null && before == written)
                {
                    return true;
                }

                written = change(before);
                var rows = await connection.ExecuteAsync(
                    $"UPDATE {place.Schema}.app SET memory = @memory WHERE name = @app AND fence = @fence AND owner IS NOT NULL",
                    [("app", name), ("fence", lease.Fence), ("memory", written)], token).ConfigureAwait(false);
                return rows == 1 ? true : throw await LostAsync(connection, lease, token).ConfigureAwait(false);
            },
            cancellationToken);
    }

    private async Task RequireSameAsync(NpgsqlConnection connection, string operationId, int position, string line, CancellationToken cancellationToken)
    {
        var there = await connection.ListAsync<string>(
            $"SELECT line FROM {place.Schema}.journal WHERE app = @app AND operation = @operation AND position = @position",
            [("app", name), ("operation", operationId), ("position", position)], cancellationToken).ConfigureAwait(false);
        if (there is not [var found] || found != line)
        {
            throw new AppException(
                ErrorIds.StateDamaged, $"Another line than ours stands at position {position} of the journal of operation {operationId} in {place.Location}.", name);
        }
    }

    private async Task<AppException> LostAsync(NpgsqlConnection connection, PostgresLease lease, CancellationToken cancellationToken) =>
        LeaseRefusal.Lost(
            name,
            lease.Fence,
            await connection.NumberAsync($"SELECT coalesce(max(fence), 0) FROM {place.Schema}.app WHERE name = @app", [("app", name)], cancellationToken).ConfigureAwait(false));
}
