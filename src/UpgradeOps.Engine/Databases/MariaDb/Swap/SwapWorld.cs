namespace UpgradeOps.Engine.Databases.MariaDb.Swap;

/// <summary>What is where now, by database.</summary>
/// <param name="Tables">Whatever RENAME TABLE moves.</param>
/// <param name="Triggers">Trigger and table.</param>
/// <param name="Routines">Kind and name.</param>
internal sealed record SwapWorld(
    IReadOnlySet<(string Database, string Name)> Tables,
    IReadOnlySet<(string Database, string Name)> Views,
    IReadOnlyList<(string Database, string Name, string Table)> Triggers,
    IReadOnlySet<(string Database, string Kind, string Name)> Routines,
    IReadOnlySet<(string Database, string Name)> Events)
{
    public static async Task<SwapWorld> LookAsync(MariaDbServer server, IReadOnlyList<string> databases, CancellationToken cancellationToken)
    {
        var queries = databases.SelectMany((d, i) => new[]
        {
            $"SELECT {i}, IF(TABLE_TYPE = 'VIEW', 'view', 'table'), TABLE_NAME, '' FROM information_schema.TABLES WHERE {MariaDbServer.In("TABLE_SCHEMA", d)}",
            $"SELECT {i}, 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE {MariaDbServer.In("TRIGGER_SCHEMA", d)}",
            $"SELECT {i}, 'routine', ROUTINE_NAME, ROUTINE_TYPE FROM information_schema.ROUTINES WHERE {MariaDbServer.In("ROUTINE_SCHEMA", d)}",
            $"SELECT {i}, 'event', EVENT_NAME, '' FROM information_schema.EVENTS WHERE {MariaDbServer.In("EVENT_SCHEMA", d)}",
        });
        var rows = await server.RowsAsync(null, string.Join(";\n", queries), cancellationToken).ConfigureAwait(false);
        var found = rows.ToLookup(r => r[1]!, r => (Database: databases[int.Parse(r[0]!, System.Globalization.CultureInfo.InvariantCulture)], Name: r[2]!, More: r[3]!));
        return new SwapWorld(
            found["table"].Select(f => (f.Database, f.Name)).ToHashSet(),
            found["view"].Select(f => (f.Database, f.Name)).ToHashSet(),
            found["trigger"].ToList(),
            found["routine"].Select(f => (f.Database, f.More, f.Name)).ToHashSet(),
            found["event"].Select(f => (f.Database, f.Name)).ToHashSet());
    }
}
