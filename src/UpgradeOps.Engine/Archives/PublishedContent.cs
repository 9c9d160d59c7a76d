using System.Formats.Tar;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Archives;

/// <summary>What a published archive makes of a release folder: first looked through, then written as a tar stream in which nothing is left that could do harm.</summary>
/// <param name="strip">Leading folders of names that are left out.</param>
internal sealed class PublishedContent(PublishedArchive archive, int strip)
{
    private const UnixFileMode Plain = (UnixFileMode)0b110_100_100;
    private const UnixFileMode Open = (UnixFileMode)0b111_101_101;

    /// <summary>Reads all of it, and writes nothing.</summary>
    /// <param name="limit">Bytes of its files together, at most.</param>
    /// <exception cref="InvalidDataException">It is damaged, or holds something that is refused.</exception>
    public async Task<PublishedSummary> CheckAsync(long limit, CancellationToken cancellationToken)
    {
        var rules = new PublishedRules(strip, limit);
        var lines = new FolderLines();
        var files = new Dictionary<string, (bool Executable, string Hash)>(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        await archive.WalkAsync(
            limit,
            async (told, content, token) =>
            {
                if (rules.Admit(told) is not { } entry)
                    return;
                foreach (var parent in Parents(entry.Name).Where(folders.Add))
                    lines.AddFolder(parent);
                if (entry.Kind == PublishedKind.Folder && folders.Add(entry.Name))
                    lines.AddFolder(entry.Name);
                else if (entry.Kind == PublishedKind.Link)
                    lines.AddLink(entry.Name, entry.Target!);
                else if (entry.Kind is PublishedKind.File or PublishedKind.HardLink)
                    files[entry.Name] = entry.Kind == PublishedKind.HardLink ? files[entry.Target!] : (entry.Executable, await HashAsync(entry, content, token).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
        if (rules.Files == 0)
            throw new InvalidDataException("there is no file in it");
        foreach (var (name, (executable, hash)) in files)
            lines.AddFile(name, executable, hash);
        return new PublishedSummary(lines.Digest(), rules.Bytes, rules.Files, [.. rules.Top], files.ToDictionary(f => f.Key, f => f.Value.Executable));
    }

    /// <summary>Files are 0644, or 0755 where somebody may run them; folders 0755. Owners, set-user-id bits and everything else stay behind.</summary>
    /// <inheritdoc cref="CheckAsync"/>
    public async Task WriteAsync(Stream tar, long limit, CancellationToken cancellationToken)
    {
        var rules = new PublishedRules(strip, limit);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            await archive.WalkAsync(
                limit,
                async (told, content, token) =>
                {
                    if (rules.Admit(told) is not { } entry)
                        return;
                    foreach (var parent in Parents(entry.Name).Where(folders.Add))
                        await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, parent + "/") { Mode = Open }, token).ConfigureAwait(false);
                    if (entry.Kind == PublishedKind.Folder && !folders.Add(entry.Name))
                        return;
                    await WriteAsync(writer, entry, content, token).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(TarWriter writer, PublishedEntry entry, Stream content, CancellationToken cancellationToken)
    {
        var isFolder = entry.Kind == PublishedKind.Folder;
        var written = new PaxTarEntry(KindOf(entry), isFolder ? entry.Name + "/" : entry.Name)
        {
            Mode = isFolder || entry.Executable ? Open : Plain,
            ModificationTime = entry.ModifiedAt < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : entry.ModifiedAt,
        };
        if (entry.Target is not null)
            written.LinkName = entry.Target;
        if (entry.Kind != PublishedKind.File)
        {
            await writer.WriteEntryAsync(written, cancellationToken).ConfigureAwait(false);
            return;
        }

        var exact = new ExactStream(content, entry.Size);
        await using (exact.ConfigureAwait(false))
        {
            written.DataStream = exact;
            await writer.WriteEntryAsync(written, cancellationToken).ConfigureAwait(false);
            await exact.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TarEntryType KindOf(PublishedEntry entry) => entry.Kind switch
    {
        PublishedKind.Folder => TarEntryType.Directory,
        PublishedKind.Link => TarEntryType.SymbolicLink,
        PublishedKind.HardLink => TarEntryType.HardLink,
        _ => TarEntryType.RegularFile,
    };

    private static async Task<string> HashAsync(PublishedEntry entry, Stream content, CancellationToken cancellationToken)
    {
        var exact = new ExactStream(content, entry.Size);
        await using (exact.ConfigureAwait(false))
        {
            await exact.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            return await exact.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<string> Parents(string name)
    {
        for (var slash = name.IndexOf('/'); slash > 0; slash = name.IndexOf('/', slash + 1))
            yield return name[..slash];
    }
}

/// <param name="Digest">That a folder with this content has, as <see cref="FolderDigest"/> has it.</param>
/// <param name="Bytes">Of all files.</param>
/// <param name="Top">What stands at the top, folders with a slash.</param>
/// <param name="Files">Each file, and whether it may be run.</param>
internal sealed record PublishedSummary(string Digest, long Bytes, int Count, IReadOnlyList<string> Top, IReadOnlyDictionary<string, bool> Files);
