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
        var database = DatabaseOf(definition, databases);
        var tracked = await TrackedMigrations.ReadAsync(declared, database, cancellationToken).ConfigureAwait(false);
        var schema = await database.DescribeSchemaAsync(cancellationToken).ConfigureAwait(false);
        return new SchemaState
        {
            Database = declared.Database,
            Tracker = declared.Table,
            Migrations = tracked.Rows.Select(Shown).ToList(),
            Fingerprint = Fingerprint(tracked.Rows, schema),
            Findings = tracked.IsKnown ? [] : [Unknown(declared.Table!, tracked.Table!.Columns[0])],
        };
    }

    /// <summary>The database that the definition's migrations change.</summary>
    internal static IDatabase DatabaseOf(AppDefinition definition, IReadOnlyDictionary<string, IDatabase> databases) =>
        definition.Migrations is { } declared && databases.TryGetValue(declared.Database, out var database)
            ? database
            : throw new AppException(ErrorIds.DefinitionInvalid, $"migrations.database names '{definition.Migrations?.Database}', which is not under databases:.", definition.Path);

    /// <summary>The order of rows, times and what the application does to its rows do not count.</summary>
    internal static string Fingerprint(IEnumerable<AppliedMigration> migrations, string schema)
    {
        var lines = migrations
            .Select(m => string.Join('\t', m.Version, m.Title, m.Failed ? "failed" : "applied", m.Checksum))
            .Order(StringComparer.Ordinal);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{string.Join('\n', lines)}\n\n{schema}"))).ToLowerInvariant();
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
