using System.Globalization;
using Npgsql;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>Makes and upgrades the schema when the first lease is taken; a reader never does.</summary>
internal sealed class PostgresSchema(PostgresPlace place, IReadOnlyList<string> steps)
{
    private bool _current;

    /// <exception cref="AppException"><see cref="ErrorIds.StateNewerFormat"/>.</exception>
    public async Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_current || await VersionAsync(connection, cancellationToken).ConfigureAwait(false) == steps.Count)
        {
            _current = true;
            return;
        }

        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            // Two runners at once: the second waits here, and then finds it done.
            await connection.ExecuteAsync($"SELECT pg_advisory_xact_lock(hashtextextended('upgradeops schema {place.SchemaName}', 0))", [], cancellationToken).ConfigureAwait(false);
            var version = await VersionAsync(connection, cancellationToken).ConfigureAwait(false);
            if (version is null)
            {
                // Asked first: a role that may not create schemas may still use one that was made for it.
                if (!await AsksAsync(connection, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = @schema)", cancellationToken).ConfigureAwait(false))
                {
                    await connection.ExecuteAsync($"CREATE SCHEMA {place.Schema}", [], cancellationToken).ConfigureAwait(false);
                }

                await connection.ExecuteAsync(
                    $"CREATE TABLE {place.Schema}.version (version integer PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT clock_timestamp())",
                    [],
                    cancellationToken).ConfigureAwait(false);
            }

            for (var next = (version ?? 0) + 1; next <= steps.Count; next++)
            {
                await connection.ExecuteAsync(steps[next - 1].Replace("$schema", place.Schema, StringComparison.Ordinal), [], cancellationToken).ConfigureAwait(false);
                await connection.ExecuteAsync($"INSERT INTO {place.Schema}.version (version) VALUES ({next})", [], cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        _current = true;
    }

    /// <summary>Asks, and does not try, whether this role may write there, or make what is missing.</summary>
    /// <returns>Null when it may; else why not.</returns>
    public async Task<string?> WhyNotWritableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await AsksAsync(connection, "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'", cancellationToken).ConfigureAwait(false))
        {
            return "the server is read-only";
        }

        var version = await VersionAsync(connection, cancellationToken).ConfigureAwait(false);
        if (version == steps.Count)
        {
            foreach (var (table, right) in ((string, string)[])[("app", "INSERT"), ("app", "UPDATE"), ("journal", "INSERT"), ("kept", "INSERT"), ("refused", "INSERT")])
            {
                if (!await AsksAsync(connection, $"SELECT has_table_privilege('{place.Schema}.{table}', '{right}')", cancellationToken).ConfigureAwait(false))
                {
                    return $"{place.User} lacks {right} on {place.SchemaName}.{table}";
                }
            }

            return null;
        }

        return await AsksAsync(
            connection,
            "SELECT CASE WHEN to_regnamespace(quote_ident(@schema)) IS NULL THEN has_database_privilege(current_database(), 'CREATE') ELSE has_schema_privilege(quote_ident(@schema), 'CREATE') END",
            cancellationToken).ConfigureAwait(false)
            ? null
            : $"its tables are not there, and {place.User} may not create them";
    }

    /// <returns>Null when there are no tables.</returns>
    private async Task<int?> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Looked up first, because a failed statement would end the transaction that this may be in.
        if (!await AsksAsync(connection, "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = @schema AND c.relname = 'version')", cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var command = new NpgsqlCommand($"SELECT coalesce(max(version), 0) FROM {place.Schema}.version", connection);
        await using (command.ConfigureAwait(false))
        {
            var version = Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
            return version <= steps.Count
                ? version
                : throw new AppException(ErrorIds.StateNewerFormat, $"{place.Location} has version {version} of the tables; this UpgradeOps knows {steps.Count}.");
        }
    }

    private async Task<bool> AsksAsync(NpgsqlConnection connection, string question, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(question, connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddWithValue("schema", place.SchemaName);
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
        }
    }
}
