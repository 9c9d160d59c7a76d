using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Loads one database of a backup into a new one beside the live one, for whoever wants to try something on it.</summary>
internal sealed class ScratchLoad(FolderBackupStore store, IReadOnlyDictionary<string, IDatabase> databases)
{
    public async Task RunAsync(BackupManifest manifest, string id, string into, CancellationToken cancellationToken)
    {
        var source = DatabaseSource.Prefix + id;
        var file = manifest.Files.FirstOrDefault(f => f.Source == source)
            ?? throw new AppException(ErrorIds.BackupNotFound, $"Backup {manifest.BackupId} has no dump of database '{id}'.", id, $"Declare '- database: {id}' under backups.");
        var stored = store.Open(manifest, file);
        var kind = DumpKind.OfEncoding(file.Encoding) ?? throw stored.Damaged($"its encoding '{file.Encoding}' is not that of a dump");
        await databases[id].LoadAsync(DumpFeed.Of(stored, kind.Format), into, cancellationToken).ConfigureAwait(false);
    }
}
