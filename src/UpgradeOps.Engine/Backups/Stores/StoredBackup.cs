using UpgradeOps.Engine.Backups.Format;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>A whole backup and the stores that keep it, the working folder first.</summary>
internal sealed record StoredBackup(BackupManifest Manifest, IReadOnlyList<IBackupStore> Stores)
{
    public string BackupId => Manifest.BackupId;

    public Backup ToBackup() => Manifest.ToBackup(Stores[0].LocationOf(BackupId)) with { Stores = [.. Stores.Select(s => s.Name)] };
}
