using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations.Files;
using UpgradeOps.Engine.Migrations.Trackers;
using UpgradeOps.Engine.Platforms;

namespace UpgradeOps.Engine.Migrations;

/// <summary>Holds an application's database against the migrations of a release.</summary>
internal sealed class MigrationRoom(AppDefinition definition, IReadOnlyDictionary<string, IDatabase> databases, IPlatform platform)
{
    /// <exception cref="AppException"><see cref="ErrorIds.MigrationsNotDeclared"/>.</exception>
    public MigrationsDefinition Declared => definition.Migrations
        ?? throw new AppException(ErrorIds.MigrationsNotDeclared, $"The definition of {definition.Name} declares no migrations.", definition.Path);

    public IDatabase Database => SchemaProbe.DatabaseOf(definition, databases);

    /// <param name="version">A release that is here; null for the one that runs.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.MigrationsNotDeclared"/>; <see cref="ErrorIds.MigrationFilesMissing"/>: there is no such release or folder.</exception>
    public async Task<MigrationLedger> ReadAsync(string? version, CancellationToken cancellationToken)
    {
        var declared = Declared;
        if (declared is { Table: null, Query: null })
        {
            throw new AppException(
                ErrorIds.MigrationsNotDeclared, $"The definition of {definition.Name} names no table in which migrations are recorded: only the schema as a whole is compared.", definition.Path,
                "Add 'table:' (such as _sqlx_migrations) or 'query:' to migrations in the definition.");
        }

        var tracked = await TrackedMigrations.ReadAsync(declared, Database, cancellationToken).ConfigureAwait(false);
        if (declared.Files is not { } folder)
        {
            return version is null
                ? new MigrationLedger(definition.Name, tracked, null)
                : throw Missing($"The definition of {definition.Name} does not say where a release has its migrations.", "Add 'files:' to migrations in the definition.");
        }

        var files = await FolderAsync(folder, version, cancellationToken).ConfigureAwait(false);
        var downs = declared.Down is { } down ? await FolderAsync(down, version, cancellationToken).ConfigureAwait(false) : null;
        return new MigrationLedger(definition.Name, tracked, MigrationFolder.Read(TrackerOf(declared, tracked), files, downs));
    }

    private async Task<IReadOnlyDictionary<string, byte[]>> FolderAsync(string folder, string? version, CancellationToken cancellationToken) =>
        await platform.ReadFolderAsync(folder, version, cancellationToken).ConfigureAwait(false)
        ?? throw Missing(
            $"{definition.Name} {version ?? "as it runs"} has no folder {folder}.",
            version is null ? "Correct 'files:' or 'down:' of migrations in the definition." : "Name a release that is here (Get-AppRelease tells), or leave the version out for the one that runs.");

    /// <summary>Before the first migration ever there is no table to know the tool by; the table's usual name will do.</summary>
    private static Tracker TrackerOf(MigrationsDefinition declared, TrackedMigrations tracked) => tracked.Tracker ?? Tracker.ByTable(declared.Table);

    private AppException Missing(string message, string action) => new(ErrorIds.MigrationFilesMissing, message, definition.Name, action);
}
