using System.Formats.Tar;
using System.Text;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>
/// What stands before an entry's content in an archive: one block (ustar) where that has room for all of it, and two more (pax) where it
/// has not. Times are of whole seconds, as <c>tar</c> and Docker keep them: fractions would make an archive of small files twice as large.
/// </summary>
internal static class TarHead
{
    /// <summary>Longer names, and others than of ASCII, are written so that every tool reads them alike.</summary>
    private const int LongestName = 100;

    private const int LargestId = 0x1F_FFFF;
    private const long LargestSize = 4L << 30;

    private static readonly DateTime LatestTime = DateTime.UnixEpoch.AddSeconds(uint.MaxValue);

    /// <param name="name">As it is in the archive; a folder's gets its slash here.</param>
    /// <param name="target">Of a link.</param>
    public static TarEntry Of(TarEntryType type, string name, FolderEntry entry, string? target = null)
    {
        if (type == TarEntryType.Directory && !name.EndsWith('/'))
            name += "/";
        TarEntry head = Fits(name, entry, target) ? new UstarTarEntry(type, name) : new PaxTarEntry(type, name);
        head.ModificationTime = entry.ModifiedUtc < DateTime.UnixEpoch ? DateTimeOffset.UnixEpoch : WholeSeconds(entry.ModifiedUtc);
        head.Uid = entry.User;
        head.Gid = entry.Group;
        if (entry.Mode is { } mode && type != TarEntryType.SymbolicLink)
            head.Mode = mode;
        if (target is not null)
            head.LinkName = target;
        return head;
    }

    /// <summary>What has no content.</summary>
    /// <returns>Null for a file, and for what has no place in an archive.</returns>
    public static TarEntry? OfEmpty(string name, FolderEntry entry) => entry.Kind switch
    {
        FolderEntryKind.Link => Of(TarEntryType.SymbolicLink, name, entry, entry.Target),
        FolderEntryKind.Pipe => Of(TarEntryType.Fifo, name, entry),
        FolderEntryKind.Folder => Of(TarEntryType.Directory, name, entry),
        _ => null,
    };

    /// <summary>A file and all of its content.</summary>
    public static TarEntry OfFile(string name, FolderEntry entry, ArraySegment<byte> content)
    {
        var head = Of(TarEntryType.RegularFile, name, entry);
        head.DataStream = new MemoryStream(content.Array!, content.Offset, content.Count, writable: false);
        return head;
    }

    private static bool Fits(string name, FolderEntry entry, string? target) =>
        IsShort(name) && IsShort(target ?? "") && IsId(entry.User) && IsId(entry.Group) && entry.Size < LargestSize && entry.ModifiedUtc < LatestTime;

    private static bool IsShort(string text) => text.Length <= LongestName && Ascii.IsValid(text);

    private static bool IsId(int id) => id is >= 0 and <= LargestId;

    private static DateTime WholeSeconds(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
}
