using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations.Files;
using UpgradeOps.Engine.Migrations.Trackers;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Releases;

namespace UpgradeOps.Engine.Migrations;

/// <summary>Holds an application's database against the migrations of a release.</summary>
internal sealed class MigrationRoom(AppDefinition definition, IReadOnlyDictionary<string, IDatabase> databases, IPlatform platform, IReleaseSource releases)
{
    /// <exception cref="AppException"><see cref="ErrorIds.MigrationsNotDeclared"/>.</exception>
    public MigrationsDefinition Declared => definition.Migrations
        ?? throw new AppException(ErrorIds.MigrationsNotDeclared, $"The definition of {definition.Name} declares no migrations.", definition.Path);

    public IDatabase Database => SchemaProbe.DatabaseOf(definition, databases);

    /// <param name="version">A release that is here; null for the one that runs.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.MigrationsNotDeclared"/>; <see cref="ErrorIds.MigrationFilesMissing"/>: there is no such release or folder.</exception>
    public Task<MigrationLedger> ReadAsync(string? version, CancellationToken cancellationToken) =>
        HoldAsync(version is not null, (folder, _) => InstalledAsync(folder, version, cancellationToken), cancellationToken);

    /// <summary>As the other, of any release that an update could name: a commit is read where it is, before anything of it is fetched into a release.</summary>
    /// <param name="version">A version, tag or commit, or a channel; null for what runs.</param>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async Task<MigrationLedger> ReadAnyAsync(string? version, CancellationToken cancellationToken)
    {
        if (version is null || definition.Releases.Git is null)
            return await ReadAsync(version, cancellationToken).ConfigureAwait(false);
        var asked = new Lazy<Task<(Release? Release, AppException? Why)>>(() => FindAsync(version, cancellationToken));
        return await HoldAsync(
            isNamed: true,
            async (folder, source) => await asked.Value.ConfigureAwait(false) switch
            {
                ({ } release, _) => await platform.ReadFolderAsync(folder, source, release, cancellationToken).ConfigureAwait(false)
                    ?? throw Missing($"{definition.Name} {release.Version} ({release.Digest}) has no folder {source ?? folder}.", "Correct 'files:' or 'down:' of migrations in the definition, or say with 'source:' which folder of the repository it is."),
                // What is installed can be told without asking anybody.
                (_, var why) => await platform.ReadFolderAsync(folder, version, cancellationToken).ConfigureAwait(false) ?? throw why!,
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <param name="read">The files of a folder of the release, by the folder's name there and in the repository.</param>
    private async Task<MigrationLedger> HoldAsync(bool isNamed, Func<string, string?, Task<IReadOnlyDictionary<string, byte[]>>> read, CancellationToken cancellationToken)
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
            return !isNamed
                ? new MigrationLedger(definition.Name, tracked, null)
                : throw Missing($"The definition of {definition.Name} does not say where a release has its migrations.", "Add 'files:' to migrations in the definition.");
        }

        var files = await read(folder, declared.Source).ConfigureAwait(false);
        var downs = declared.Down is { } down ? await read(down, SourceOf(down, folder, declared.Source)).ConfigureAwait(false) : null;
        return new MigrationLedger(definition.Name, tracked, MigrationFolder.Read(TrackerOf(declared, tracked), files, downs));
    }

    private async Task<IReadOnlyDictionary<string, byte[]>> InstalledAsync(string folder, string? version, CancellationToken cancellationToken) =>
        await platform.ReadFolderAsync(folder, version, cancellationToken).ConfigureAwait(false)
        ?? throw Missing(
            $"{definition.Name} {version ?? "as it runs"} has no folder {folder}.",
            version is null ? "Correct 'files:' or 'down:' of migrations in the definition." : "Name a release that is here (Get-AppRelease tells), or leave the version out for the one that runs.");

    private async Task<(Release? Release, AppException? Why)> FindAsync(string version, CancellationToken cancellationToken)
    {
        var isChannel = definition.Releases.Channels.ContainsKey(version);
        try
        {
            return (await releases.ResolveAsync(isChannel ? null : version, isChannel ? version : null, cancellationToken).ConfigureAwait(false), null);
        }
        catch (AppException e)
        {
            return (null, e);
        }
    }

    /// <summary>Where a folder is in the repository, when it is below the one of which that is known.</summary>
    private static string? SourceOf(string folder, string files, string? source) =>
        source is not null && folder.StartsWith(files.TrimEnd('/') + "/", StringComparison.Ordinal) ? $"{source.TrimEnd('/')}/{folder[(files.TrimEnd('/').Length + 1)..]}" : null;

    /// <summary>Before the first migration ever there is no table to know the tool by; the table's usual name will do.</summary>
    private static Tracker TrackerOf(MigrationsDefinition declared, TrackedMigrations tracked) => tracked.Tracker ?? Tracker.ByTable(declared.Table);

    private AppException Missing(string message, string action) => new(ErrorIds.MigrationFilesMissing, message, definition.Name, action);
}
