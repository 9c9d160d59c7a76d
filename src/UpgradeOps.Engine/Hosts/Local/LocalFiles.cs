using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>Files of this machine.</summary>
internal sealed class LocalFiles : IHostFiles
{
    public Task<HostFile?> StatAsync(string path, CancellationToken cancellationToken) =>
        FileWork.DoAsync(path, () => FileLook.Stat(path), cancellationToken);

    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) =>
        FileWork.DoAsync(
            path,
            byte[]? () =>
            {
                try
                {
                    return File.ReadAllBytes(path);
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    return null;
                }
            },
            cancellationToken);

    public Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken) =>
        FileWork.DoAsync(
            path,
            Stream () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan)
            {
                Position = from,
            },
            cancellationToken);

    public Task<Stream> CreateAsync(string path, int mode, CancellationToken cancellationToken) =>
        FileWork.DoAsync(path, Stream () => DurableFile.Create(path, (UnixFileMode)mode), cancellationToken);

    public Task WriteAtomicAsync(string path, ReadOnlyMemory<byte> bytes, int mode, CancellationToken cancellationToken) =>
        FileWork.DoAsync(path, () => DurableFile.WriteAtomic(path, bytes.Span, (UnixFileMode)mode), cancellationToken);

    public Task CreateFolderAsync(string path, int mode, CancellationToken cancellationToken) =>
        FileWork.DoAsync(path, () => DurableFolder.Create(path, (UnixFileMode)mode), cancellationToken);

    public Task<IReadOnlyList<HostFile>> ListAsync(string path, CancellationToken cancellationToken) =>
        FileWork.DoAsync(path, () => FileLook.List(path), cancellationToken);

    public Task CopyFolderAsync(string from, string to, CancellationToken cancellationToken) =>
        FileWork.DoAsync(to, () => FolderCopy.Copy(from, to, cancellationToken), cancellationToken);

    public Task RenameAsync(string from, string to, CancellationToken cancellationToken) =>
        FileWork.DoAsync(
            from,
            () =>
            {
                if (FileLook.Stat(to) is not null)
                    throw new IOException($"{to} exists already.");
                if (!OperatingSystem.IsWindows())
                    Posix.Rename(from, to);
                else if (Directory.Exists(from))
                    Directory.Move(from, to);
                else
                    File.Move(from, to);
                DurableFolder.Sync(Path.GetDirectoryName(to)!);
                DurableFolder.Sync(Path.GetDirectoryName(from)!);
            },
            cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        FileWork.DoAsync(
            path,
            () =>
            {
                if (FileLook.Stat(path) is not { } file)
                    return;
                // A link to a folder is removed itself: what it points to is not ours to empty.
                if (file.IsFolder)
                    Directory.Delete(path, recursive: true);
                else if (OperatingSystem.IsWindows() && Directory.Exists(path))
                    Directory.Delete(path, recursive: false);
                else
                    File.Delete(path);
                DurableFolder.Sync(Path.GetDirectoryName(path)!);
            },
            cancellationToken);

    public Task LinkAsync(string path, string target, CancellationToken cancellationToken) =>
        FileWork.DoAsync(
            path,
            () =>
            {
                if (FileLook.Stat(path) is { LinkTarget: null })
                    throw new IOException("It exists and is no link.");
                FolderLink.Point(path, target);
                DurableFolder.Sync(Path.GetDirectoryName(path)!);
            },
            cancellationToken);

    public Task<long> FreeSpaceAsync(string path, CancellationToken cancellationToken) =>
        FileWork.DoAsync(
            path,
            () =>
            {
                var folder = Path.GetFullPath(path);
                while (!Directory.Exists(folder))
                    folder = Path.GetDirectoryName(folder)!;
                return new DriveInfo(folder).AvailableFreeSpace;
            },
            cancellationToken);
}
