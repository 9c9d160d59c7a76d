using System.Formats.Tar;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>Unpacks an archive into a folder that nobody else uses yet: modes, times, links, and owners where this user may give them.</summary>
internal sealed class FolderUnpacker(string folder)
{
    private readonly List<(string Path, UnixFileMode Mode, DateTime At)> _folders = [];

    /// <exception cref="InvalidDataException">The archive is damaged or holds something that is refused.</exception>
    public async Task UnpackAsync(Stream tar, CancellationToken cancellationToken)
    {
        DurableFolder.Create(folder);
        await TarWalker.WalkAsync(tar, AddAsync, cancellationToken).ConfigureAwait(false);

        // Last, and from the inside out: a folder may be read-only, and its time changes with every entry.
        for (var i = _folders.Count - 1; i >= 0; i--)
        {
            var (path, mode, at) = _folders[i];
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, mode);
            Directory.SetLastWriteTimeUtc(path, at);
        }

        if (!OperatingSystem.IsWindows())
            Posix.SyncFileSystem(folder);
    }

    private async Task AddAsync(string name, TarEntry entry, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name);
        if (entry.EntryType == TarEntryType.Directory)
        {
            AddFolder(path, entry);
            return;
        }

        DurableFolder.Create(Path.GetDirectoryName(path)!);
        File.Delete(path);
        switch (entry.EntryType)
        {
            case TarEntryType.SymbolicLink:
                File.CreateSymbolicLink(path, entry.LinkName);
                GiveOwner(path, entry);
                break;
            case TarEntryType.HardLink:
                if (Posix.TryHardLink(Path.Combine(folder, TarGuard.LinkTarget(entry)), path) is { } problem)
                    throw new InvalidDataException($"the hard link '{name}' cannot be made: {problem}");
                break;
            case TarEntryType.Fifo:
                break;
            default:
                await AddFileAsync(path, entry, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private void AddFolder(string path, TarEntry entry)
    {
        if (new FileInfo(path).LinkTarget is not null)
            File.Delete(path);
        DurableFolder.Create(path);
        GiveOwner(path, entry);
        _folders.Add((path, entry.Mode, entry.ModificationTime.UtcDateTime));
    }

    private static async Task AddFileAsync(string path, TarEntry entry, CancellationToken cancellationToken)
    {
        var file = DurableFile.Create(path);
        await using (file.ConfigureAwait(false))
        {
            if (entry.DataStream is { } content)
                await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
            if (file.Length != entry.Length)
                throw new InvalidDataException($"the file '{entry.Name}' is cut off");
        }

        GiveOwner(path, entry);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, entry.Mode);
        File.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
    }

    private static void GiveOwner(string path, TarEntry entry)
    {
        // Only root may give files away; anybody else owns what was restored, as with tar.
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
            Posix.TryChangeOwner(path, (uint)entry.Uid, (uint)entry.Gid);
    }
}
