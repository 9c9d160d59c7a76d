using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>
/// Backups in a folder, each in a folder of its own that is named by its id. What is being written carries another name
/// (<c>.partial-…</c>) until it is whole and verified, so that a crash leaves nothing that looks like a backup.
/// </summary>
/// <param name="packing">How new files are compressed; null for the best that this machine has.</param>
internal sealed class FolderBackupStore(string folder, Packing? packing = null) : IBackupStore
{
    private const string PartialMark = ".partial-";
    private const string ReplacedMark = ".replaced-";
    private const string RemovedMark = ".removed-";

    public string Name => "local";

    public string Folder { get; } = folder;

    public string LocationOf(string backupId) => Path.Combine(Folder, backupId);

    /// <summary>Ids of all whole backups, newest first.</summary>
    public IReadOnlyList<string> List()
    {
        if (!Directory.Exists(Folder))
            return [];
        return
        [
            .. new DirectoryInfo(Folder).EnumerateDirectories()
                .Where(d => d.LinkTarget is null && BackupPaths.IsId(d.Name))
                .Select(d => d.Name)
                .OrderDescending(StringComparer.Ordinal),
        ];
    }

    /// <summary>True while a live process writes this backup.</summary>
    public bool IsBeingMade(string backupId)
    {
        using var claim = PartialClaim.TryTake(PathOf(PartialMark, backupId));
        return claim is null;
    }

    public bool Contains(string backupId) => BackupPaths.IsId(backupId) && Directory.Exists(LocationOf(backupId));

    /// <exception cref="AppException"><see cref="ErrorIds.BackupNotFound"/>, <see cref="ErrorIds.BackupDamaged"/>.</exception>
    public BackupManifest Read(string backupId)
    {
        if (!Contains(backupId))
            throw new AppException(ErrorIds.BackupNotFound, $"There is no backup '{backupId}' in {Folder}.", backupId);
        var manifest = ManifestFile.Read(LocationOf(backupId));
        return manifest.BackupId == backupId
            ? manifest
            : throw new AppException(ErrorIds.BackupDamaged, $"{LocationOf(backupId)}: its manifest is that of backup '{manifest.BackupId}'.", backupId);
    }

    public void Write(BackupManifest manifest) => StoreFaults.Translate(Folder, () =>
    {
        ManifestFile.Write(LocationOf(manifest.BackupId), manifest);
        return true;
    });

    /// <summary>Removes a backup: renamed first, so that a crash in the middle leaves nothing that looks like one.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupFailed"/>: it cannot be removed.</exception>
    public void Remove(string backupId) => StoreFaults.Translate(Folder, () =>
    {
        if (!Contains(backupId))
            return false;
        var removed = PathOf(RemovedMark, backupId);
        if (Directory.Exists(removed))
            Directory.Delete(removed, recursive: true);
        Directory.Move(LocationOf(backupId), removed);
        DurableFolder.Sync(Folder);
        Directory.Delete(removed, recursive: true);
        return true;
    });

    Task<IReadOnlyList<string>> IBackupStore.ListAsync(CancellationToken cancellationToken) => Task.Run(List, cancellationToken);

    Task<BackupManifest> IBackupStore.ReadAsync(string backupId, CancellationToken cancellationToken) => Task.Run(() => Read(backupId), cancellationToken);

    Task IBackupStore.WriteAsync(BackupManifest manifest, CancellationToken cancellationToken) => Task.Run(() => Write(manifest), cancellationToken);

    Task IBackupStore.RemoveAsync(string backupId, CancellationToken cancellationToken) => Task.Run(() => Remove(backupId), cancellationToken);

    public StoredFile Open(BackupManifest manifest, BackupFile file) => new(LocationOf(manifest.BackupId), file);

    /// <summary>Begins a backup, and first removes what crashes left of it and of older ones.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupFailed"/>: another process writes the same one.</exception>
    public PartialBackup Begin(string backupId)
    {
        if (!BackupPaths.IsId(backupId))
            throw new AppException(ErrorIds.BackupFailed, $"'{backupId}' cannot be a backup's id: letters, digits, '-', '_' and '.' only.", backupId);
        return StoreFaults.Translate(Folder, () =>
        {
            DurableFolder.Create(Folder);
            RemoveLeftovers(backupId);
            var claim = PartialClaim.TryTake(PathOf(PartialMark, backupId))
                ?? throw new AppException(ErrorIds.BackupFailed, $"Another process writes backup '{backupId}' in {Folder} at this moment.", backupId);
            return new PartialBackup(backupId, PathOf(PartialMark, backupId), LocationOf(backupId), PathOf(ReplacedMark, backupId), claim, packing ?? Packing.Here());
        });
    }

    /// <summary>
    /// Removes what a crash left of a half-made backup; one that a live process writes stays, and so does a whole one, without what a crash
    /// left beside its manifest when its proof was noted.
    /// </summary>
    public void Discard(string backupId)
    {
        Leftovers.Sweep(LocationOf(backupId), ManifestFile.Name);
        var partial = PathOf(PartialMark, backupId);
        if (Directory.Exists(partial) || PartialClaim.IsLeft(partial))
            RemoveUnclaimed(partial);
    }

    private static void RemoveUnclaimed(string partial)
    {
        using var claim = PartialClaim.TryTake(partial);
        if (claim is not null && Directory.Exists(partial))
            Directory.Delete(partial, recursive: true);
    }

    private string PathOf(string mark, string backupId) => Path.Combine(Folder, mark + backupId);

    private void RemoveLeftovers(string backupId)
    {
        foreach (var leftover in Directory.EnumerateDirectories(Folder, PartialMark + "*"))
        {
            var id = Path.GetFileName(leftover)[PartialMark.Length..];
            if (string.CompareOrdinal(id, backupId) > 0)
                continue;
            RemoveUnclaimed(leftover);
        }

        foreach (var removed in Directory.EnumerateDirectories(Folder, RemovedMark + "*"))
            Directory.Delete(removed, recursive: true);
        foreach (var replaced in Directory.EnumerateDirectories(Folder, ReplacedMark + "*"))
        {
            var whole = LocationOf(Path.GetFileName(replaced)[ReplacedMark.Length..]);
            if (Directory.Exists(whole))
                Directory.Delete(replaced, recursive: true);
            else
                Directory.Move(replaced, whole);
        }
    }
}
