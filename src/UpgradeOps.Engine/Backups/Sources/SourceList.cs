using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups.Folders;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Raft;
using UpgradeOps.Engine.Backups.Volumes;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>The sources that a definition declares, in the order in which they are copied. A new kind of source is one class and one line here.</summary>
internal sealed class SourceList(AppDefinition definition, IHost host, IReadOnlyDictionary<string, IDatabase> databases, Func<IVolumes> volumes, ISecretResolver? secrets = null,
    IFolders? folders = null, Dial? dial = null)
{
    public string BaseFolder { get; } =
        definition.Platform.Compose?.Directory ?? definition.Platform.Service?.Directory ?? Path.GetDirectoryName(definition.Path) ?? "/";

    public IReadOnlyList<IBackupSource> Make()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var files = definition.Backups.SelectMany(b => b.Files ?? []).Distinct(StringComparer.Ordinal).ToList();
        return
        [
            .. definition.Backups.Where(b => b.Files is null).Select(b => Make(b, names)).OrderBy(s => s.Rank),
            .. files.Count > 0 ? [new FilesSource(host, BaseFolder, files, [.. definition.Generate.SelectMany(g => g.Files)])] : Array.Empty<IBackupSource>(),
        ];
    }

    private IBackupSource Make(BackupSourceDefinition declared, HashSet<string> names) => declared switch
    {
        { Database: { } id } => new DatabaseSource(Database(id), definition.Databases[id], definition.Platform.Compose?.Directory, declared.Jobs),
        { Volume: { } volume } => new VolumeSource(volumes(), volume, BackupPaths.Plain(volume, names)),
        { Cluster: { } id } => new ClusterSource(Database(id), definition.Databases[id], definition.Platform.Compose?.Directory, globalsOnly: false),
        { Globals: { } id } => new ClusterSource(Database(id), definition.Databases[id], definition.Platform.Compose?.Directory, globalsOnly: true),
        { Sqlite: { } sqlite, InVolume: { } volume } => new VolumeSqliteSource(host, new SqliteInVolume(volume, sqlite), volumes(), BackupPaths.Plain($"{volume}-{sqlite}", names)),
        { Sqlite: { } sqlite } => new SqliteSource(host, SqliteSource.Prefix + sqlite, HostPath.Absolute(sqlite, BaseFolder), BackupPaths.Plain(sqlite, names)),
        { Command: { } command } => new CommandSource(host, command, BaseFolder),
        { Raft: { } raft } when secrets is not null => new RaftSource(raft, secrets, dial),
        { Folder: { } folder } => new FolderSource(folders ?? new LocalFolders(), folder, HostPath.Absolute(folder, BaseFolder), BackupPaths.Plain(folder, names)),
        _ => throw new AppException(ErrorIds.DefinitionInvalid, "An entry under backups: names nothing that is known here.", definition.Path),
    };

    private IDatabase Database(string id) => databases.TryGetValue(id, out var database)
        ? database
        : throw new AppException(ErrorIds.DefinitionInvalid, $"backups: names the database '{id}', which databases: does not declare.", definition.Path);
}
