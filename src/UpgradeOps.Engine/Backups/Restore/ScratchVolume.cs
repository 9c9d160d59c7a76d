using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Volumes;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Unpacks one volume of a backup into another one, for whoever wants to try something on it.</summary>
internal sealed class ScratchVolume(FolderBackupStore store, IVolumes volumes, AppDefinition definition)
{
    /// <returns>False when the backup has nothing of the volume.</returns>
    public async Task<bool> LoadAsync(BackupManifest manifest, string volume, string into, CancellationToken cancellationToken)
    {
        foreach (var declared in definition.Backups.Select(b => b.Volume).OfType<string>())
        {
            if (await volumes.ResolveAsync(declared, cancellationToken).ConfigureAwait(false) != volume || manifest.Files.FirstOrDefault(f => f.Source == VolumeSource.Prefix + declared) is not { } file)
                continue;
            var stored = store.Open(manifest, file);
            await stored.VerifyAsync(cancellationToken).ConfigureAwait(false);
            var content = await stored.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                await volumes.WriteAsync(into, content, cancellationToken).ConfigureAwait(false);
            return true;
        }

        return false;
    }
}
