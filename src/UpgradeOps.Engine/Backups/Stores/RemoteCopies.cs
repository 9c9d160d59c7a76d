using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>
/// Copies of backups in the remote store, and back. A backup that still has to be sent has a mark beside it (<c>.owed-…</c>), made before the
/// backup is, so that no crash forgets one; the mark also tells whose remains may be cleared away when the backup itself is gone.
/// </summary>
internal sealed class RemoteCopies(FolderBackupStore working, IRemoteStore remote)
{
    private const string OwedMark = ".owed-";

    /// <summary>Notes that a backup has to be sent.</summary>
    public void Owe(string backupId) => StoreFaults.Translate(working.Folder, () =>
    {
        DurableFolder.Create(working.Folder);
        DurableFile.WriteAtomic(MarkOf(backupId), []);
        return true;
    });

    /// <summary>Sends a backup, or what is missing of it.</summary>
    /// <param name="progress">Called with bytes that are there and all bytes.</param>
    /// <exception cref="AppException">Why it could not be sent whole; or <see cref="ErrorIds.BackupFailed"/>: another process sends it.</exception>
    public async Task UploadAsync(string backupId, Action<long, long> progress, CancellationToken cancellationToken)
    {
        var manifest = working.Read(backupId);
        Owe(backupId);
        using var claim = PartialClaim.TryTake(MarkOf(backupId))
            ?? throw new AppException(ErrorIds.BackupFailed, $"Another process sends backup '{backupId}' to {remote.LocationOf(backupId)} at this moment.", backupId);
        var (total, sent) = (manifest.Files.Sum(f => f.Size), 0L);
        await remote.UploadAsync(manifest, working, bytes => progress(Interlocked.Add(ref sent, bytes), total), cancellationToken).ConfigureAwait(false);
        Settle(backupId);
    }

    /// <summary>Sends what earlier tries did not, and clears away what they left of backups that are gone.</summary>
    /// <returns>One finding for each that could not be.</returns>
    public async Task<IReadOnlyList<Finding>> SettleAsync(Action<string, long, long> progress, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var backupId in Owed())
        {
            try
            {
                if (working.Contains(backupId))
                    await UploadAsync(backupId, (done, total) => progress(backupId, done, total), cancellationToken).ConfigureAwait(false);
                else
                    await ClearAsync(backupId, cancellationToken).ConfigureAwait(false);
            }
            catch (AppException e)
            {
                findings.Add(Sources.Findings.Make(FindingSeverity.Warning, e.ErrorId, backupId, $"Backup {backupId} is still not in {remote.LocationOf(backupId)}: {e.Message}"));
            }
        }

        return findings;
    }

    /// <summary>Brings a backup into the working folder, every byte verified before it is listed there.</summary>
    /// <param name="progress">Called with bytes done and all bytes.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupNotFound"/>, <see cref="ErrorIds.BackupDamaged"/>, <see cref="ErrorIds.DiskTooFull"/>, or one of <c>UpgradeOps.Stores.*</c>.</exception>
    public async Task FetchAsync(string backupId, Action<long, long> progress, CancellationToken cancellationToken)
    {
        var manifest = await remote.ReadAsync(backupId, cancellationToken).ConfigureAwait(false);
        var (total, done) = (manifest.Files.Sum(f => f.Size), 0L);
        using var partial = working.Begin(backupId);
        foreach (var file in manifest.Files)
        {
            var brought = await partial.AddPackedAsync(file.Path, file.Source, file.Encoding, CopyAsync, cancellationToken).ConfigureAwait(false);
            if (brought.Sha256 != file.Sha256 || brought.Size != file.Size)
                throw new AppException(ErrorIds.BackupDamaged, $"{remote.LocationOf(backupId)}/{file.Path}: its bytes do not match their recorded SHA-256.", backupId);

            async Task<long> CopyAsync(Stream output, CancellationToken token)
            {
                var content = await remote.OpenAsync(manifest, file, token).ConfigureAwait(false);
                await using (content.ConfigureAwait(false))
                {
                    var buffer = new byte[1 << 17];
                    int read;
                    while ((read = await content.ReadAsync(buffer, token).ConfigureAwait(false)) > 0)
                    {
                        await output.WriteAsync(buffer.AsMemory(0, read), token).ConfigureAwait(false);
                        progress(done += read, total);
                    }
                }

                return file.OriginalSize ?? file.Size;
            }
        }

        await partial.CommitAsync(manifest, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ids of backups that still have to be sent, or cleared away, oldest first.</summary>
    public IReadOnlyList<string> Owed() => Directory.Exists(working.Folder)
        ? [.. Directory.EnumerateFiles(working.Folder, OwedMark + "*")
            .Select(f => Path.GetFileName(f)[OwedMark.Length..])
            .Where(id => BackupPaths.IsId(id) && !id.EndsWith(".lock", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)]
        : [];

    private async Task ClearAsync(string backupId, CancellationToken cancellationToken)
    {
        using var claim = PartialClaim.TryTake(MarkOf(backupId));
        // Whoever makes it at this moment holds the partial one's lock, not this.
        if (claim is null || working.IsBeingMade(backupId))
            return;
        await remote.ClearAsync(backupId, cancellationToken).ConfigureAwait(false);
        Settle(backupId);
    }

    private void Settle(string backupId) => StoreFaults.Translate(working.Folder, () =>
    {
        File.Delete(MarkOf(backupId));
        return true;
    });

    private string MarkOf(string backupId) => Path.Combine(working.Folder, OwedMark + backupId);
}
