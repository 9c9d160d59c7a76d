using UpgradeOps.Engine.Backups.Format;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>How many backups stay in the working folder when a remote store has them too: the newest, from which a rollback needs no network.</summary>
/// <param name="keep">At least 1.</param>
internal sealed class LocalCopies(FolderBackupStore working, IRemoteStore remote, RemoteCopies copies, int keep)
{
    /// <summary>Removes the working folder's copies of older backups that are whole in the remote store, and of no others.</summary>
    /// <param name="needed">What something relies on; stays here.</param>
    /// <returns>Ids, oldest first.</returns>
    /// <exception cref="AppException">The remote store does not answer: then nothing more is removed.</exception>
    public async Task<IReadOnlyList<string>> TrimAsync(IReadOnlySet<string> needed, CancellationToken cancellationToken)
    {
        var older = working.List().Skip(keep).Where(id => !needed.Contains(id)).Except(copies.Owed(), StringComparer.Ordinal).Reverse().ToList();
        if (older.Count == 0)
            return [];
        var there = (await remote.ListAsync(cancellationToken).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
        var removed = new List<string>();
        foreach (var id in older.Where(there.Contains))
        {
            if (!await IsSameAsync(id, cancellationToken).ConfigureAwait(false))
                continue;
            working.Remove(id);
            removed.Add(id);
        }

        return removed;
    }

    /// <summary>A copy that cannot be read, here or there, is no reason to remove the other.</summary>
    private async Task<bool> IsSameAsync(string backupId, CancellationToken cancellationToken)
    {
        try
        {
            var here = working.Read(backupId);
            var there = await remote.ReadAsync(backupId, cancellationToken).ConfigureAwait(false);
            return Files(here).SequenceEqual(Files(there));
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.BackupDamaged or ErrorIds.BackupNotFound)
        {
            return false;
        }
    }

    private static IEnumerable<(string, long, string)> Files(BackupManifest manifest) => manifest.Files.Select(f => (f.Path, f.Size, f.Sha256));
}
