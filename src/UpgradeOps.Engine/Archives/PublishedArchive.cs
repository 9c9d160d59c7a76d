using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Archives;

/// <summary>An archive that a publisher made, or a bare program, as a file of this machine. Read from its beginning as often as is asked for.</summary>
/// <param name="path">The file.</param>
/// <param name="name">What a bare program is called in the release; archives have names of their own.</param>
internal sealed class PublishedArchive(string path, ArchiveKind kind, string? name = null)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Heads and padding of a tar stream beside the bytes of its files.
    private const long Frame = 64 << 20;

    private const int ZipKind = 0xF000;
    private const int ZipFolder = 0x4000;
    private const int ZipFile = 0x8000;
    private const int ZipLink = 0xA000;
    private const int LongestTarget = 4096;

    /// <summary>Goes through all of it to its very end.</summary>
    /// <param name="limit">Bytes that it may unpack to.</param>
    /// <param name="each">Called with every entry and its content, which is empty for all but files.</param>
    /// <exception cref="InvalidDataException">It is damaged, cut, or holds something that is refused.</exception>
    public async Task WalkAsync(long limit, Func<PublishedEntry, Stream, CancellationToken, Task> each, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 17, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (file.ConfigureAwait(false))
        {
            switch (kind)
            {
                case ArchiveKind.Zip:
                    await WalkZipAsync(file, each, cancellationToken).ConfigureAwait(false);
                    break;
                case ArchiveKind.None:
                    var whole = new PublishedEntry(TarGuard.Normalize(name ?? ""), PublishedKind.File, file.Length, Executable: true, DateTimeOffset.UnixEpoch);
                    await each(whole, file, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    var tar = new BoundedStream(Unpack(file), file, limit > long.MaxValue - Frame ? limit : limit + Frame);
                    await using (tar.ConfigureAwait(false))
                        await TarWalker.WalkAsync(tar, (at, entry, token) => each(Of(at, entry), entry.DataStream ?? Stream.Null, token), cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private Stream Unpack(Stream file) => kind switch
    {
        ArchiveKind.TarGzip => new StrictGunzipStream(file),
        ArchiveKind.TarZstd => new UnzstdStream(file),
        _ => file,
    };

    private static PublishedEntry Of(string at, TarEntry entry)
    {
        var kind = entry.EntryType switch
        {
            TarEntryType.Directory => PublishedKind.Folder,
            TarEntryType.SymbolicLink => PublishedKind.Link,
            TarEntryType.HardLink => PublishedKind.HardLink,
            TarEntryType.Fifo => throw new InvalidDataException($"the entry '{PublishedRules.Shown(at)}' is a pipe"),
            _ => PublishedKind.File,
        };
        var target = kind switch
        {
            PublishedKind.Link => entry.LinkName,
            PublishedKind.HardLink => TarGuard.LinkTarget(entry),
            _ => null,
        };
        return new PublishedEntry(at, kind, kind == PublishedKind.File ? entry.Length : 0, (entry.Mode & AnyExecute) != 0, entry.ModificationTime, target);
    }

    private static async Task WalkZipAsync(Stream file, Func<PublishedEntry, Stream, CancellationToken, Task> each, CancellationToken cancellationToken)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8);
        foreach (var entry in zip.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.IsEncrypted)
                throw new InvalidDataException($"the entry '{PublishedRules.Shown(entry.FullName)}' is encrypted");
            var at = TarGuard.Normalize(entry.FullName);
            // What was not made on Unix has no mode, and so nothing that may be run.
            var mode = entry.ExternalAttributes >> 16;
            var isFolder = entry.FullName.EndsWith('/');
            var kind = (mode & ZipKind, isFolder) switch
            {
                (ZipFolder or 0, true) => PublishedKind.Folder,
                (ZipFile or 0, false) => PublishedKind.File,
                (ZipLink, false) => PublishedKind.Link,
                _ => throw new InvalidDataException($"the entry '{PublishedRules.Shown(entry.FullName)}' is neither file, folder nor link"),
            };
            var content = kind == PublishedKind.Folder ? Stream.Null : entry.Open();
            await using (content.ConfigureAwait(false))
            {
                var target = kind == PublishedKind.Link ? await TargetAsync(entry, content, cancellationToken).ConfigureAwait(false) : null;
                var published = new PublishedEntry(at, kind, kind == PublishedKind.File ? entry.Length : 0, (mode & (int)AnyExecute) != 0, entry.LastWriteTime, target);
                await each(published, content, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<string> TargetAsync(ZipArchiveEntry entry, Stream content, CancellationToken cancellationToken)
    {
        if (entry.Length > LongestTarget)
            throw new InvalidDataException($"the link '{PublishedRules.Shown(entry.FullName)}' is longer than any path");
        var bytes = new byte[LongestTarget + 1];
        var read = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }
}
