using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations.Trackers;

namespace UpgradeOps.Engine.Migrations;

/// <summary>Reads which migrations a database's tracker table tells of, and a fingerprint of its schema.</summary>
internal sealed class SchemaProbe(AppDefinition definition, IReadOnlyDictionary<string, IDatabase> databases) : ISchemaProbe
{
    public async Task<SchemaState?> ReadAsync(CancellationToken cancellationToken)
    {
        if (definition.Migrations is not { } declared)
            return null;
        if (!databases.TryGetValue(declared.Database, out var database))
            throw new AppException(ErrorIds.DefinitionInvalid, $"migrations.database names '{declared.Database}', which is not under databases:.", definition.Path);

        var (migrations, findings) = declared.Table is { } table
            ? await TrackedAsync(database, table, cancellationToken).ConfigureAwait(false)
            : ([], []);
        var schema = await database.DescribeSchemaAsync(cancellationToken).ConfigureAwait(false);
        return new SchemaState
        {
            Database = declared.Database,
            Tracker = declared.Table,
            Migrations = migrations.Select(Shown).ToList(),
            Fingerprint = Fingerprint(migrations, schema),
            Findings = findings,
        };
    }

    /// <summary>The order of rows, times and what the application does to its rows do not count.</summary>
    internal static string Fingerprint(IEnumerable<AppliedMigration> migrations, string schema)
    {
        var lines = migrations
            .Select(m => string.Join('\t', m.Version, m.Title, m.Failed ? "failed" : "applied", m.Checksum))
            .Order(StringComparer.Ordinal);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{string.Join('\n', lines)}\n\n{schema}"))).ToLowerInvariant();
    }

    private async Task<(IReadOnlyList<AppliedMigration> Migrations, IReadOnlyList<Finding> Findings)> TrackedAsync(
        IDatabase database, string name, CancellationToken cancellationToken)
    {
        var sql = SqlDialect.Of(database);
        // Before the first migration ever there is no table: nothing is applied, and nothing is wrong.
        if (await TrackerTable.FindAsync(database, name, cancellationToken).ConfigureAwait(false) is not { } table)
            return ([], []);

        var tracker = Tracker.Known.FirstOrDefault(t => t.Recognises(table.Columns));
        var reader = tracker ?? new FirstColumnTracker();
        var rows = await database.QueryAsync($"SELECT {string.Join(", ", reader.Select(table.Columns, sql))} FROM {table.Name}", cancellationToken).ConfigureAwait(false);
        var migrations = rows.Select(reader.Read).OfType<AppliedMigration>().OrderBy(m => m.Version, VersionOrder.Instance).ToList();
        return (migrations, tracker is null ? [Unknown(name, table.Columns[0])] : []);
    }

    private Finding Unknown(string table, string column) => new()
    {
        Severity = FindingSeverity.Warning,
        ErrorId = ErrorIds.MigrationTrackerUnknown,
        Target = $"{definition.Name}: {table}",
        Message = $"Table {table} is of no migration tool that is known here: its column '{column}' is taken for the versions, and failed migrations cannot be told.",
        RecommendedAction = ErrorCatalogue.Find(ErrorIds.MigrationTrackerUnknown)?.DefaultAction,
    };

    private Migration Shown(AppliedMigration migration) => new()
    {
        Name = definition.Name,
        Version = migration.Version,
        Title = migration.Title,
        State = migration.Failed ? MigrationState.Failed : MigrationState.Applied,
        AppliedAt = migration.At,
    };
}
