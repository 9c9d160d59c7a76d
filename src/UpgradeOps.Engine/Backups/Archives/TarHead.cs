using System.Formats.Tar;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>What stands before an entry's content in an archive. Times keep their fractions of a second, which only this format has room for.</summary>
internal static class TarHead
{
    /// <param name="name">As it is in the archive; a folder's gets its slash here.</param>
    /// <param name="target">Of a link.</param>
    public static PaxTarEntry Of(TarEntryType type, string name, FolderEntry entry, string? target = null)
    {
        var head = new PaxTarEntry(type, type == TarEntryType.Directory && !name.EndsWith('/') ? name + "/" : name)
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

    /// <summary>What has no content.</summary>
    /// <returns>Null for a file, and for what has no place in an archive.</returns>
    public static PaxTarEntry? OfEmpty(string name, FolderEntry entry) => entry.Kind switch
    {
        FolderEntryKind.Link => Of(TarEntryType.SymbolicLink, name, entry, entry.Target),
        FolderEntryKind.Pipe => Of(TarEntryType.Fifo, name, entry),
        FolderEntryKind.Folder => Of(TarEntryType.Directory, name, entry),
        _ => null,
    };

    /// <summary>A file and all of its content.</summary>
    public static PaxTarEntry OfFile(string name, FolderEntry entry, ArraySegment<byte> content)
    {
        var head = Of(TarEntryType.RegularFile, name, entry);
        head.DataStream = new MemoryStream(content.Array!, content.Offset, content.Count, writable: false);
        return head;
    }
}
