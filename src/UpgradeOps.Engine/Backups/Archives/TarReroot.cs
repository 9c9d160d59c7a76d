using System.Formats.Tar;
using UpgradeOps.Engine.Archives;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>Writes an archive anew with all its entries below one folder, and an entry for every folder that it only implies.</summary>
internal static class TarReroot
{
    private const UnixFileMode Implied = (UnixFileMode)0b111_101_101;

    /// <param name="open">Opens the archive; called twice.</param>
    /// <param name="root">The folder's name.</param>
    /// <exception cref="InvalidDataException">It is damaged, cut, or holds something that is refused.</exception>
    public static async Task WriteAsync(Func<CancellationToken, Task<Stream>> open, string root, Stream output, CancellationToken cancellationToken)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        await WalkAsync(open, (name, entry, _) => Task.FromResult(entry.EntryType == TarEntryType.Directory && told.Add(name)), cancellationToken).ConfigureAwait(false);
        var writer = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            if (told.Add(""))
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, root + "/") { Mode = Implied }, cancellationToken).ConfigureAwait(false);
            await WalkAsync(
                open,
                async (name, entry, token) =>
                {
                    for (var slash = name.IndexOf('/'); slash > 0; slash = name.IndexOf('/', slash + 1))
                    {
                        if (told.Add(name[..slash]))
                            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, $"{root}/{name[..slash]}/") { Mode = Implied }, token).ConfigureAwait(false);
                    }

                    await writer.WriteEntryAsync(Moved(name, entry, root), token).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private static PaxTarEntry Moved(string name, TarEntry entry, string root)
    {
        var kind = entry.EntryType is TarEntryType.V7RegularFile or TarEntryType.ContiguousFile ? TarEntryType.RegularFile : entry.EntryType;
        var path = name.Length == 0 ? root : $"{root}/{name}";
        var moved = new PaxTarEntry(kind, kind == TarEntryType.Directory ? path + "/" : path)
        {
            Mode = entry.Mode,
            ModificationTime = entry.ModificationTime,
            Uid = entry.Uid,
            Gid = entry.Gid,
        };
        if (kind == TarEntryType.SymbolicLink)
            moved.LinkName = entry.LinkName;
        else if (kind == TarEntryType.HardLink)
            moved.LinkName = $"{root}/{TarGuard.LinkTarget(entry)}";
        else if (kind == TarEntryType.RegularFile && entry.DataStream is { } content)
            moved.DataStream = new SteadyStream(content, entry.Length);
        return moved;
    }

    private static async Task WalkAsync(Func<CancellationToken, Task<Stream>> open, Func<string, TarEntry, CancellationToken, Task> each, CancellationToken cancellationToken)
    {
        var tar = await open(cancellationToken).ConfigureAwait(false);
        await using (tar.ConfigureAwait(false))
            await TarWalker.WalkAsync(tar, each, cancellationToken).ConfigureAwait(false);
    }
}
