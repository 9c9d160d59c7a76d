namespace UpgradeOps.Engine.Backups.Archives;

internal enum FolderEntryKind
{
    File,
    Folder,
    Link,

    Pipe,

    /// <summary>Socket or device: it holds no data, and means nothing elsewhere.</summary>
    Special,
}

/// <summary>What an archive tells of an entry besides its content.</summary>
internal sealed record FolderEntry
{
    private const int AnyExecute = 0b001_001_001;

    public required FolderEntryKind Kind { get; init; }

    public required DateTime ModifiedUtc { get; init; }

    /// <summary>Bytes; of files only.</summary>
    public long Size { get; init; }

    /// <summary>Null where there are none.</summary>
    public UnixFileMode? Mode { get; init; }

    public int User { get; init; }

    public int Group { get; init; }

    /// <summary>The file itself, when it has more names than this one.</summary>
    public (ulong Device, ulong Inode)? Shared { get; init; }

    /// <summary>It may do what otherwise only root may; archives of ours do not tell that.</summary>
    public bool HasCapabilities { get; init; }

    /// <summary>What a link points to.</summary>
    public string? Target { get; init; }

    /// <returns>Null when there is nothing of that name (any more).</returns>
    public static FolderEntry? Of(string path)
    {
        using var place = new UnixPlace();
        return Of(path, place);
    }

    /// <param name="place">For neighbours, one after the other.</param>
    /// <inheritdoc cref="Of(string)"/>
    public static FolderEntry? Of(string path, UnixPlace place)
    {
        if (OperatingSystem.IsLinux())
            return UnixEntry.Of(place.Of(path)) is { } unix ? Of(path, unix) : null;
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (!info.Exists)
            return null;
        var target = (info.Attributes & FileAttributes.ReparsePoint) != 0 ? info.LinkTarget : null;
        return new FolderEntry
        {
            Kind = target is not null ? FolderEntryKind.Link : info is DirectoryInfo ? FolderEntryKind.Folder : FolderEntryKind.File,
            ModifiedUtc = info.LastWriteTimeUtc,
            Size = target is null && info is FileInfo file ? file.Length : 0,
            Mode = OperatingSystem.IsWindows() ? null : info.UnixFileMode,
            Target = target,
        };
    }

    private static FolderEntry? Of(string path, UnixEntry unix)
    {
        var kind = unix.Kind switch
        {
            UnixEntry.Folder => FolderEntryKind.Folder,
            UnixEntry.Link => FolderEntryKind.Link,
            UnixEntry.File => FolderEntryKind.File,
            UnixEntry.Pipe => FolderEntryKind.Pipe,
            _ => FolderEntryKind.Special,
        };
        var target = kind == FolderEntryKind.Link ? new FileInfo(path).LinkTarget : null;
        return kind == FolderEntryKind.Link && target is null ? null : new FolderEntry
        {
            Kind = kind,
            ModifiedUtc = unix.ModifiedUtc,
            Size = kind == FolderEntryKind.File ? unix.Size : 0,
            Mode = (UnixFileMode)unix.Mode,
            User = (int)unix.User,
            Group = (int)unix.Group,
            Shared = kind == FolderEntryKind.File && unix.Links > 1 ? (unix.Device, unix.Inode) : null,
            HasCapabilities = kind == FolderEntryKind.File && (unix.Mode & AnyExecute) != 0 && UnixEntry.HasCapabilities(path),
            Target = target,
        };
    }
}
