using System.Text;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>A backup while it is written. Disposed before it was committed, nothing of it remains.</summary>
internal sealed class PartialBackup(string backupId, string folder, string whole, string replaced, PartialClaim claim, Packing packing) : IDisposable
{
    private readonly List<BackupFile> _files = [];
    private readonly SortedSet<string> _folders = new(StringComparer.Ordinal) { folder };
    private bool _committed;

    public string BackupId { get; } = backupId;

    public IReadOnlyList<BackupFile> Files => _files;

    /// <summary>How its files are compressed.</summary>
    public Packing Packing { get; } = packing;

    /// <summary>Writes one file: hashed on the way, compressed when its encoding says so, on disk when this returns.</summary>
    /// <param name="write">Gets the stream for the source's own bytes.</param>
    public Task<BackupFile> AddAsync(
        string path, string source, string encoding, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
        StoreAsync(path, source, encoding, (output, token) => Packing.WriteAsync(output, encoding, write, token), cancellationToken);

    /// <summary>Writes one file that is compressed already, as its encoding says.</summary>
    /// <param name="write">Gets the stream for the compressed bytes, and tells how many there were before.</param>
    public Task<BackupFile> AddPackedAsync(
        string path, string source, string encoding, Func<Stream, CancellationToken, Task<long>> write, CancellationToken cancellationToken) =>
        StoreAsync(path, source, encoding, async (output, token) => await write(output, token).ConfigureAwait(false), cancellationToken);

    /// <summary>Verifies what was written, and lists it under its own name.</summary>
    public async Task<BackupManifest> CommitAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        foreach (var file in _files)
            await new StoredFile(folder, file).VerifyAsync(cancellationToken).ConfigureAwait(false);
        StoreFaults.Translate(whole, () =>
        {
            DurableFolder.Create(folder);
            DurableFile.WriteAtomic(Path.Combine(folder, BackupPaths.Sums), Encoding.UTF8.GetBytes(ChecksumList.Of(_files)));
            ManifestFile.Write(folder, manifest);
            foreach (var each in _folders.Reverse())
                DurableFolder.Sync(each);
            Publish();
            return true;
        });
        _committed = true;
        return manifest;
    }

    /// <summary>Makes an empty private folder on the store's disk, which whoever asks for it removes again.</summary>
    public string CreateScratch()
    {
        var scratch = Path.Combine(folder, ".scratch");
        DurableFolder.Create(scratch);
        return scratch;
    }

    public void Dispose()
    {
        try
        {
            if (!_committed && Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is never listed, and the next backup removes it.
        }
        finally
        {
            claim.Dispose();
        }
    }

    private async Task<BackupFile> StoreAsync(
        string path, string source, string encoding, Func<Stream, CancellationToken, Task<long?>> write, CancellationToken cancellationToken)
    {
        if (!BackupPaths.IsInside(path))
            throw new ArgumentException($"'{path}' is not inside the backup.", nameof(path));
        var full = Path.Combine(folder, path);
        long written = 0;
        try
        {
            CreateFolders(path);
            using var file = DurableFile.Create(full);
            using var hashing = new HashingStream(file);
            var guarded = new StoreStream(hashing, whole, source);
            var original = await write(guarded, cancellationToken).ConfigureAwait(false);
            written = hashing.Count;
            file.Flush(flushToDisk: true);
            var added = new BackupFile
            {
                Path = path,
                Size = hashing.Count,
                Sha256 = hashing.Sha256(),
                Source = source,
                Encoding = encoding,
                OriginalSize = original ?? hashing.Count,
            };
            _files.Add(added);
            return added;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.Of(e, whole, source, written);
        }
    }

    private void CreateFolders(string path)
    {
        DurableFolder.Create(Path.GetDirectoryName(Path.Combine(folder, path))!);
        for (var parent = Path.GetDirectoryName(path); !string.IsNullOrEmpty(parent); parent = Path.GetDirectoryName(parent))
            _folders.Add(Path.Combine(folder, parent));
    }

    private void Publish()
    {
        if (Directory.Exists(whole))
            Directory.Move(whole, replaced);
        Directory.Move(folder, whole);
        DurableFolder.Sync(Path.GetDirectoryName(whole)!);
        if (Directory.Exists(replaced))
            Directory.Delete(replaced, recursive: true);
    }
}
