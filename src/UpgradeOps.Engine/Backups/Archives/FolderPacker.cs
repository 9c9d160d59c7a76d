using System.Formats.Tar;
using System.Runtime.InteropServices;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>
/// Writes a folder as a tar stream: modes, owners, times, symbolic and hard links. Small files are read by all processors a batch
/// ahead of the archive. Memory does not grow with the number of files. Sockets and devices are left out; they hold no data.
/// </summary>
/// <param name="root">Absolute.</param>
/// <param name="prefix">Of all names in the archive.</param>
internal sealed class FolderPacker(string root, string prefix = "./")
{
    /// <summary>As many small files are in memory twice, at most.</summary>
    public const int Batch = 256;

    private const int Readers = 4;

    private readonly string _root = Path.TrimEndingDirectorySeparator(root);
    private readonly Dictionary<(ulong Device, ulong Inode), string> _linked = [];

    public ChangeNotes Notes { get; } = new();

    /// <exception cref="AppException"><see cref="ErrorIds.BackupFailed"/>: something in it cannot be read.</exception>
    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        using var paths = new FolderWalk(_root, Notes).Paths().GetEnumerator();
        var next = Task.Run(() => PrepareAsync(paths, cancellationToken), cancellationToken);
        try
        {
            var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
            await using (tar.ConfigureAwait(false))
            {
                while (await next.ConfigureAwait(false) is { Count: > 0 } batch)
                {
                    next = Task.Run(() => PrepareAsync(paths, cancellationToken), cancellationToken);
                    await WriteAsync(tar, batch, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            // It uses what is disposed next.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal static AppException Unreadable(string path, string why, Exception? inner = null) =>
        new(ErrorIds.BackupFailed, $"{path} cannot be backed up: {why}", path, inner: inner);

    private static async Task<List<PreparedEntry>> PrepareAsync(IEnumerator<string> paths, CancellationToken cancellationToken)
    {
        var batch = new List<PreparedEntry>(Batch);
        while (batch.Count < Batch && paths.MoveNext())
            batch.Add(new PreparedEntry(paths.Current));
        // Pieces of some size: handing out single files would take longer than reading them.
        await Task.WhenAll(batch.Chunk(Batch / Readers).Select(c => Task.Run(() => Array.ForEach(c, e => e.Prepare()), cancellationToken))).ConfigureAwait(false);
        return batch;
    }

    private async Task WriteAsync(TarWriter tar, List<PreparedEntry> batch, CancellationToken cancellationToken)
    {
        foreach (var prepared in batch)
        {
            using (prepared)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var name = NameOf(prepared.Path);
                if (name.Contains('\uFFFD'))
                    throw Unreadable(prepared.Path, "its name is not UTF-8");
                if (prepared.Problem is { } problem)
                    throw Unreadable(prepared.Path, problem.Message, problem);
                try
                {
                    await WriteAsync(tar, prepared, name, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    Vanished(name);
                }
                catch (UnauthorizedAccessException e)
                {
                    throw Unreadable(prepared.Path, e.Message, e);
                }
            }
        }
    }

    private async Task WriteAsync(TarWriter tar, PreparedEntry prepared, string name, CancellationToken cancellationToken)
    {
        if (prepared.Entry is { HasCapabilities: true })
            Notes.Add($"{name} has capabilities (getcap), which the archive does not keep.", changed: false);
        switch (prepared.Entry)
        {
            case null:
                Vanished(name);
                break;
            case { Kind: FolderEntryKind.Special }:
                Notes.Add($"{name} is a socket or a device, and was left out.", changed: false);
                break;
            case { Kind: FolderEntryKind.Link } link:
                tar.WriteEntry(Head(TarEntryType.SymbolicLink, name, link, link.Target));
                break;
            case { Kind: FolderEntryKind.Pipe } pipe:
                tar.WriteEntry(Head(TarEntryType.Fifo, name, pipe));
                break;
            case { Kind: FolderEntryKind.Folder } folder:
                tar.WriteEntry(Head(TarEntryType.Directory, name.EndsWith('/') ? name : name + "/", folder));
                break;
            case { Shared: { } shared } file when !_linked.TryAdd(shared, name):
                tar.WriteEntry(Head(TarEntryType.HardLink, name, file, _linked[shared]));
                break;
            case { } file when prepared.Content is { } content:
                WriteSmall(tar, file, name, content);
                if (prepared.Changed)
                    ChangedMeanwhile(name);
                break;
            case { } file:
                await WriteLargeAsync(tar, file, prepared.Path, name, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private static void WriteSmall(TarWriter tar, FolderEntry file, string name, ReadOnlyMemory<byte> content)
    {
        MemoryMarshal.TryGetArray(content, out var bytes);
        using var data = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        var head = Head(TarEntryType.RegularFile, name, file);
        head.DataStream = data;
        tar.WriteEntry(head);
    }

    private async Task WriteLargeAsync(TarWriter tar, FolderEntry entry, string path, string name, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
        await using (file.ConfigureAwait(false))
        {
            var content = new SteadyStream(file, file.Length);
            var head = Head(TarEntryType.RegularFile, name, entry);
            head.DataStream = content;
            await tar.WriteEntryAsync(head, cancellationToken).ConfigureAwait(false);
            if (content.Changed || File.GetLastWriteTimeUtc(file.SafeFileHandle) != entry.ModifiedUtc)
                ChangedMeanwhile(name);
        }
    }

    private static PaxTarEntry Head(TarEntryType type, string name, FolderEntry entry, string? target = null)
    {
        var head = new PaxTarEntry(type, name)
        {
            ModificationTime = entry.ModifiedUtc < DateTime.UnixEpoch ? DateTimeOffset.UnixEpoch : entry.ModifiedUtc,
            Uid = entry.User,
            Gid = entry.Group,
        };
        if (entry.Mode is { } mode && type != TarEntryType.SymbolicLink)
            head.Mode = mode;
        if (target is not null)
            head.LinkName = target;
        return head;
    }

    // A name on Unix may hold a backslash.
    private string NameOf(string path) => path.Length <= _root.Length
        ? prefix
        : prefix + path[_root.Length..].TrimStart(Path.DirectorySeparatorChar).Replace(Path.DirectorySeparatorChar, '/');

    private void Vanished(string name) => Notes.Add($"{name} vanished while the folder was copied.", changed: true);

    private void ChangedMeanwhile(string name) => Notes.Add($"{name} was changed while it was copied.", changed: true);
}
