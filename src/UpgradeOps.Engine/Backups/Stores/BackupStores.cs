using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Sources;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>All stores of an application as one: the working folder, where backups are made, proved and restored from, and whatever else keeps copies.</summary>
/// <param name="remote">Where they are copied to; null for nowhere.</param>
internal sealed class BackupStores(FolderBackupStore working, IRemoteStore? remote)
{
    /// <summary>Manifests that are read from a store at once.</summary>
    private const int AtOnce = 8;

    public FolderBackupStore Working { get; } = working;

    public IRemoteStore? Remote { get; } = remote;

    /// <summary>The working folder first.</summary>
    public IReadOnlyList<IBackupStore> All { get; } = remote is null ? [working] : [working, remote];

    /// <summary>Every whole backup, newest first, with a finding for each that is damaged and each store that does not answer.</summary>
    /// <param name="everywhere">False for the working folder alone.</param>
    public async Task<(IReadOnlyList<StoredBackup> Backups, IReadOnlyList<Finding> Findings)> ListAsync(bool everywhere, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var places = new SortedDictionary<string, List<IBackupStore>>(StringComparer.Ordinal);
        foreach (var store in everywhere ? All : [Working])
        {
            foreach (var id in await IdsAsync(store, findings, cancellationToken).ConfigureAwait(false))
            {
                if (!places.TryGetValue(id, out var stores))
                    places[id] = stores = [];
                stores.Add(store);
            }
        }

        var backups = new StoredBackup?[places.Count];
        await Parallel.ForEachAsync(
            places.Reverse().Select((place, index) => (place.Key, place.Value, index)),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (place, token) => backups[place.index] = await ReadAsync(place.Key, place.Value, findings, token).ConfigureAwait(false)).ConfigureAwait(false);
        return ([.. backups.OfType<StoredBackup>()], findings);
    }

    /// <summary>One backup from the nearest store that has it: the others are not asked.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupNotFound"/>, <see cref="ErrorIds.BackupDamaged"/>, or why the store that may have it does not answer.</exception>
    public async Task<StoredBackup> GetNearestAsync(string backupId, CancellationToken cancellationToken)
    {
        if (Remote is null || Working.Contains(backupId))
            return new StoredBackup(await Task.Run(() => Working.Read(backupId), cancellationToken).ConfigureAwait(false), [Working]);
        return new StoredBackup(await Remote.ReadAsync(backupId, cancellationToken).ConfigureAwait(false), [Remote]);
    }

    /// <summary>One backup, wherever it is kept; the working folder's copy counts first.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupNotFound"/>, <see cref="ErrorIds.BackupDamaged"/>, or why the store that may have it does not answer.</exception>
    public async Task<StoredBackup> GetAsync(string backupId, CancellationToken cancellationToken)
    {
        var stores = new List<IBackupStore>();
        AppException? silent = null;
        foreach (var store in All)
        {
            try
            {
                if ((await store.ListAsync(cancellationToken).ConfigureAwait(false)).Contains(backupId, StringComparer.Ordinal))
                    stores.Add(store);
            }
            catch (AppException e)
            {
                silent = e;
            }
        }

        if (stores.Count == 0 && silent is not null)
            throw silent;
        // The working folder says best that it is not there.
        var manifest = await (stores is [var first, ..] ? first : Working).ReadAsync(backupId, cancellationToken).ConfigureAwait(false);
        return new StoredBackup(manifest, stores);
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(IBackupStore store, List<Finding> findings, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ListAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e)
        {
            findings.Add(Findings.Make(FindingSeverity.Warning, e.ErrorId, store.Name, $"Backups that only the store '{store.Name}' keeps are not listed: {e.Message}"));
            return [];
        }
    }

    /// <summary>Read from the first store whose copy is not damaged; a store with a damaged one does not count as keeping it.</summary>
    private static async Task<StoredBackup?> ReadAsync(string backupId, List<IBackupStore> stores, List<Finding> findings, CancellationToken cancellationToken)
    {
        BackupManifest? manifest = null;
        var whole = new List<IBackupStore>();
        foreach (var store in stores)
        {
            try
            {
                if (manifest is null)
                    manifest = await store.ReadAsync(backupId, cancellationToken).ConfigureAwait(false);
                whole.Add(store);
            }
            catch (AppException e)
            {
                lock (findings)
                    findings.Add(Findings.Make(FindingSeverity.Warning, e.ErrorId, store.LocationOf(backupId), $"A kept backup is damaged and not listed: {e.Message}"));
            }
        }

        return manifest is null ? null : new StoredBackup(manifest, whole);
    }
}
