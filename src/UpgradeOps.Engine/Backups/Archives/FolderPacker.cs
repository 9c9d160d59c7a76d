using System.Formats.Tar;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>
/// Writes a folder as a tar stream: modes, owners, times, symbolic and hard links. Memory does not grow with the number of files.
/// Sockets, pipes and devices are left out; they hold no data.
/// </summary>
internal sealed class FolderPacker(string root)
{
    private readonly Dictionary<(ulong Device, ulong Inode), string> _linked = [];

    public ChangeNotes Notes { get; } = new();

    /// <exception cref="AppException"><see cref="ErrorIds.BackupFailed"/>: something in it cannot be read.</exception>
    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        await using (tar.ConfigureAwait(false))
        {
            var pending = new Stack<IEnumerator<FileSystemInfo>>();
            try
            {
                await AddFolderAsync(tar, new DirectoryInfo(root), "./", pending, cancellationToken).ConfigureAwait(false);
                while (pending.TryPeek(out var folder))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Next(folder) is { } entry)
                        await AddAsync(tar, entry, pending, cancellationToken).ConfigureAwait(false);
                    else
                        pending.Pop().Dispose();
                }
            }
            finally
            {
                foreach (var folder in pending)
                    folder.Dispose();
            }
        }
    }

    private async Task AddAsync(TarWriter tar, FileSystemInfo entry, Stack<IEnumerator<FileSystemInfo>> pending, CancellationToken cancellationToken)
    {
        var name = "./" + Path.GetRelativePath(root, entry.FullName).Replace('\\', '/');
        if (name.Contains('\uFFFD'))
            throw Unreadable(entry.FullName, "its name is not UTF-8");
        try
        {
            var unix = UnixEntry.Of(entry.FullName);
            if (unix is { IsSpecial: true })
                Notes.Add($"{name} is no file, folder or link, and was left out.", changed: false);
            else if ((entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.LinkTarget is { } target)
                await tar.WriteEntryAsync(Head(TarEntryType.SymbolicLink, name, entry, unix, target), cancellationToken).ConfigureAwait(false);
            else if (entry is DirectoryInfo folder)
                await AddFolderAsync(tar, folder, name + "/", pending, cancellationToken).ConfigureAwait(false);
            else
                await AddFileAsync(tar, (FileInfo)entry, name, unix, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            Notes.Add($"{name} vanished while the folder was copied.", changed: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unreadable(entry.FullName, e.Message, e);
        }
    }

    private static async Task AddFolderAsync(
        TarWriter tar, DirectoryInfo folder, string name, Stack<IEnumerator<FileSystemInfo>> pending, CancellationToken cancellationToken)
    {
        var entries = folder.EnumerateFileSystemInfos().GetEnumerator();
        await tar.WriteEntryAsync(Head(TarEntryType.Directory, name, folder, UnixEntry.Of(folder.FullName)), cancellationToken).ConfigureAwait(false);
        pending.Push(entries);
    }

    private async Task AddFileAsync(TarWriter tar, FileInfo info, string name, UnixEntry? unix, CancellationToken cancellationToken)
    {
        if (unix is { Links: > 1 } linked && !_linked.TryAdd((linked.Device, linked.Inode), name))
        {
            await tar.WriteEntryAsync(Head(TarEntryType.HardLink, name, info, unix, _linked[(linked.Device, linked.Inode)]), cancellationToken).ConfigureAwait(false);
            return;
        }

        var file = new FileStream(info.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
        await using (file.ConfigureAwait(false))
        {
            var entry = Head(TarEntryType.RegularFile, name, info, unix);
            var content = new SteadyStream(file, file.Length);
            entry.DataStream = content;
            await tar.WriteEntryAsync(entry, cancellationToken).ConfigureAwait(false);
            if (content.Changed || File.GetLastWriteTimeUtc(file.SafeFileHandle) != info.LastWriteTimeUtc)
                Notes.Add($"{name} was changed while it was copied.", changed: true);
        }
    }

    private static PaxTarEntry Head(TarEntryType type, string name, FileSystemInfo info, UnixEntry? unix, string? target = null)
    {
        var entry = new PaxTarEntry(type, name)
        {
            ModificationTime = info.LastWriteTimeUtc < DateTime.UnixEpoch ? DateTimeOffset.UnixEpoch : info.LastWriteTimeUtc,
            Uid = (int)(unix?.User ?? 0),
            Gid = (int)(unix?.Group ?? 0),
        };
        if (!OperatingSystem.IsWindows() && type != TarEntryType.SymbolicLink)
            entry.Mode = info.UnixFileMode;
        if (target is not null)
            entry.LinkName = target;
        return entry;
    }

    private FileSystemInfo? Next(IEnumerator<FileSystemInfo> folder)
    {
        try
        {
            return folder.MoveNext() ? folder.Current : null;
        }
        catch (DirectoryNotFoundException)
        {
            Notes.Add("A folder vanished while it was copied.", changed: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(root, e.Message, e);
        }
    }

    private static AppException Unreadable(string path, string why, Exception? inner = null) =>
        new(ErrorIds.BackupFailed, $"{path} cannot be backed up: {why}", path, inner: inner);
}
