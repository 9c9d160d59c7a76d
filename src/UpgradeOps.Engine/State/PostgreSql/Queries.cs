using System.Globalization;
using Npgsql;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>Statements with named values.</summary>
internal static class Queries
{
    public static async Task<int> ExecuteAsync(
        this NpgsqlConnection connection, string sql, IReadOnlyList<(string Name, object Value)> values, CancellationToken cancellationToken)
    {
        var command = Command(connection, sql, values);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>The one number that a query gives; zero when it gives no row.</returns>
    public static async Task<long> NumberAsync(
        this NpgsqlConnection connection, string sql, IReadOnlyList<(string Name, object Value)> values, CancellationToken cancellationToken)
    {
        var command = Command(connection, sql, values);
        await using (command.ConfigureAwait(false))
        {
            return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
        }
    }

    /// <returns>The first column of every row.</returns>
    public static async Task<IReadOnlyList<T>> ListAsync<T>(
        this NpgsqlConnection connection, string sql, IReadOnlyList<(string Name, object Value)> values, CancellationToken cancellationToken)
    {
        var command = Command(connection, sql, values);
        await using (command.ConfigureAwait(false))
        {
            var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                var list = new List<T>();
                while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (!rows.IsDBNull(0))
                    {
                        list.Add(rows.GetFieldValue<T>(0));
                    }
                }

                return list;
            }
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, IReadOnlyList<(string Name, object Value)> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
