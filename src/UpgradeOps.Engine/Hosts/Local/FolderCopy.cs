using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>Copies a folder as it is: modes, links as links.</summary>
internal static class FolderCopy
{
    /// <summary>On disk when it returns; half there when it fails.</summary>
    public static void Copy(string from, string to, CancellationToken cancellationToken)
    {
        if (FileLook.Stat(to) is not null)
            throw new IOException($"{to} exists already.");
        var source = new DirectoryInfo(from);
        if (!source.Exists)
            throw new DirectoryNotFoundException($"The folder {from} does not exist.");

        CopyFolder(source, to, cancellationToken);
        if (!OperatingSystem.IsWindows())
            Posix.SyncFileSystem(to);
    }

    private static void CopyFolder(DirectoryInfo source, string to, CancellationToken cancellationToken)
    {
        // Private until its content is there; a folder that its own mode closes could not be filled.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(to);
        else
            Directory.CreateDirectory(to, DurableFolder.Private);
        foreach (var entry in source.EnumerateFileSystemInfos())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
                File.CreateSymbolicLink(target, link);
            else if (entry is DirectoryInfo folder)
                CopyFolder(folder, target, cancellationToken);
            else
                CopyFile((FileInfo)entry, target);
        }

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(to, source.UnixFileMode);
    }

    private static void CopyFile(FileInfo source, string to)
    {
        var mode = OperatingSystem.IsWindows() ? DurableFile.Private : source.UnixFileMode;
        using var input = new FileStream(source.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using var output = DurableFile.Create(to, mode);
        input.CopyTo(output, 1 << 20);
        if (OperatingSystem.IsWindows())
            output.Flush(flushToDisk: true);
    }
}
