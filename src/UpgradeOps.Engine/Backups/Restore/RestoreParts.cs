using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups.Folders;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Volumes;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>What the steps of this room work with.</summary>
internal sealed record RestoreParts(
    AppDefinition Definition,
    IHost Host,
    IReadOnlyDictionary<string, IDatabase> Databases,
    Func<IVolumes> Volumes,
    FolderBackupStore Store,
    IBackups Backups,
    string BaseFolder,
    IWriters? Writers = null,
    ISecretResolver? Secrets = null)
{
    public IFolders Folders { get; init; } = new LocalFolders();

    /// <summary>Connects from the application's host; null where that is this machine.</summary>
    public Dial? Dial { get; init; }

    public IDatabase Database(string id) => DumpSource.DatabaseOf(Databases, id);

    /// <summary>A backup's file by its path in it.</summary>
    public StoredFile File(string backupId, string path)
    {
        var manifest = Store.Read(backupId);
        var file = manifest.Files.FirstOrDefault(f => f.Path == path)
            ?? throw new AppException(ErrorIds.BackupDamaged, $"Backup {backupId} has no file '{path}'.", backupId);
        return Store.Open(manifest, file);
    }

    /// <summary>The file that a step restores: of a backup, or one that another tool made.</summary>
    public StoredFile File(PlannedStep planned) => planned.Inputs.TryGetValue(RestoreSteps.FromBackup, out var backupId)
        ? File(backupId, planned.Inputs[RestoreSteps.File])
        : ForeignArchive.Of(planned);

    public IReadOnlyDictionary<string, long>? Rows(string backupId, string source) =>
        Store.Read(backupId).Sources.FirstOrDefault(s => s.Source == source)?.Rows;
}
