namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>Describes what is in a folder, without following links.</summary>
internal static class FileLook
{
    public static HostFile? Stat(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(path);
        var file = new FileInfo(full);
        // FileInfo.Exists says no to folders; a link that points nowhere exists all the same.
        if (file.LinkTarget is not null || file.Exists)
            return Describe(file);
        var folder = new DirectoryInfo(full);
        return folder.Exists ? Describe(folder) : null;
    }

    public static IReadOnlyList<HostFile> List(string path)
    {
        var folder = new DirectoryInfo(path);
        return folder.Exists
            ? folder.EnumerateFileSystemInfos().Select(Describe).OrderBy(f => f.Name, StringComparer.Ordinal).ToList()
            : [];
    }

    private static HostFile Describe(FileSystemInfo info)
    {
        var link = info.LinkTarget;
        var isFolder = link is null && (info.Attributes & FileAttributes.Directory) != 0;
        return new HostFile(
            info.FullName,
            isFolder,
            link is null && info is FileInfo file ? file.Length : 0,
            new DateTimeOffset(info.LastWriteTimeUtc, TimeSpan.Zero),
            OperatingSystem.IsWindows() ? 0 : (int)info.UnixFileMode,
            link);
    }
}
