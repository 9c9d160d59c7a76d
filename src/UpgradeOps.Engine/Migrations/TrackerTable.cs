using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations;

/// <summary>A tracker's table as it stands in the database.</summary>
/// <param name="Name">Quoted, with its schema where one was given.</param>
/// <param name="Columns">In order.</param>
internal sealed record TrackerTable(string Name, IReadOnlyList<string> Columns)
{
    /// <param name="name">As the definition has it: a table, or a schema and a table with a dot between.</param>
    /// <returns>Null when there is no such table.</returns>
    public static async Task<TrackerTable?> FindAsync(IDatabase database, string name, CancellationToken cancellationToken)
    {
        var sql = SqlDialect.Of(database);
        if (await ColumnsAsync(database, sql, sql.CurrentSchema, name, cancellationToken).ConfigureAwait(false) is { Count: > 0 } columns)
            return new TrackerTable(sql.Name(name), columns);

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || dot == name.Length - 1)
            return null;
        var (schema, table) = (name[..dot], name[(dot + 1)..]);
        columns = await ColumnsAsync(database, sql, sql.Text(schema), table, cancellationToken).ConfigureAwait(false);
        return columns.Count == 0 ? null : new TrackerTable($"{sql.Name(schema)}.{sql.Name(table)}", columns);
    }

    private static async Task<IReadOnlyList<string>> ColumnsAsync(IDatabase database, SqlDialect sql, string schema, string table, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            $"SELECT column_name FROM information_schema.columns WHERE table_schema = {schema} AND table_name = {sql.Text(table)} ORDER BY ordinal_position", cancellationToken).ConfigureAwait(false);
        return rows.Select(r => r[0]!).Distinct().ToList();
    }
}
