using System.Text;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Databases.MariaDb.Swap;

/// <summary>Keeps a plan in a table of the database that the live objects go to, from before the first is moved until all are in place.</summary>
internal sealed class SwapStore(MariaDbServer server)
{
    /// <summary>Is there exactly while a swap is under way.</summary>
    public const string Table = "upgradeops_swap";

    /// <summary>A plan that is still being written.</summary>
    public const string Draft = "upgradeops_swap_draft";

    /// <summary>The plan of a swap that is done, in the database that it emptied and that is about to be dropped.</summary>
    public const string Finished = "upgradeops_swap_done";

    private const int PartSize = 256 * 1024;

    private static readonly MariaDbDialect Sql = MariaDbDialect.Instance;

    /// <returns>Null when no swap into this database is under way.</returns>
    public async Task<SwapPlan?> ReadAsync(string database, CancellationToken cancellationToken)
    {
        var tables = await TablesAsync(database, cancellationToken).ConfigureAwait(false);
        if (!tables.Contains(Table))
            return null;
        var rows = await server.RowsAsync(null, $"SELECT HEX(part) FROM {Name(database, Table)} ORDER BY n", cancellationToken).ConfigureAwait(false);
        var bytes = rows.SelectMany(r => Convert.FromHexString(r[0]!)).ToArray();
        return EngineJson.Read<SwapPlan>(bytes, ErrorIds.StateDamaged, $"table {Table} of database {database}");
    }

    public async Task WriteAsync(SwapPlan plan, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(EngineJson.Write(plan));
        var parts = bytes.Chunk(PartSize).Select((part, n) => $"INSERT INTO {Name(plan.Outgoing, Draft)} VALUES ({n}, X'{Convert.ToHexString(part)}')");
        await server.ExecuteAsync(
            [
                $"CREATE TABLE {Name(plan.Outgoing, Draft)} (n INT PRIMARY KEY, part LONGBLOB NOT NULL) ENGINE = InnoDB",
                .. parts,
                $"RENAME TABLE {Name(plan.Outgoing, Draft)} TO {Name(plan.Outgoing, Table)}",
            ],
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>In one moment the swap is no longer under way, and what it emptied is known to be of no use.</summary>
    public Task FinishAsync(SwapPlan plan, CancellationToken cancellationToken) =>
        server.ExecuteAsync([$"RENAME TABLE {Name(plan.Outgoing, Table)} TO {Name(plan.Incoming, Finished)}"], cancellationToken);

    /// <summary>Looks whether a database that no plan is in is of any use.</summary>
    public async Task<Remains> RemainsAsync(string database, CancellationToken cancellationToken)
    {
        var tables = await TablesAsync(database, cancellationToken).ConfigureAwait(false);
        return tables.Contains(Finished) ? Remains.Finished : tables.All(t => t == Draft) ? Remains.Empty : Remains.InUse;
    }

    /// <returns>Tables and views of a database, those of this store too.</returns>
    private async Task<IReadOnlySet<string>> TablesAsync(string database, CancellationToken cancellationToken)
    {
        var rows = await server.RowsAsync(null, $"SELECT TABLE_NAME FROM information_schema.TABLES WHERE {MariaDbServer.In("TABLE_SCHEMA", database)}", cancellationToken).ConfigureAwait(false);
        return rows.Select(r => r[0]!).ToHashSet();
    }

    private static string Name(string database, string table) => $"{Sql.Name(database)}.{table}";
}

internal enum Remains
{
    /// <summary>Somebody's tables or views are in it.</summary>
    InUse,

    /// <summary>Nothing is in it.</summary>
    Empty,

    /// <summary>A swap that is done has emptied it of its tables.</summary>
    Finished,
}
