using System.Globalization;
using System.Security.Cryptography;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>A dump that another tool made, recognised by what is in it, never by its name.</summary>
/// <param name="Compression">One of <see cref="Encodings"/>' compressions.</param>
/// <param name="Engine">The database engine that it names as its maker; null when it names none.</param>
internal sealed record ForeignDump(string Path, DumpFormat Format, string? Engine, string Compression, long Size, string Sha256)
{
    public const string FormatInput = "format";
    public const string SizeInput = "size";
    public const string HashInput = "sha256";

    private const int HeadLength = 4096;

    /// <exception cref="AppException"><see cref="ErrorIds.BackupNotFound"/>: no such file; <see cref="ErrorIds.BackupDamaged"/>: no dump that can be loaded.</exception>
    /// <returns>One of the two: a dump, or an archive of files.</returns>
    public static async Task<(ForeignDump? Dump, ForeignArchive? Archive)> LookAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            var (bytes, sha256) = await DumpFolder.LookAsync(path, cancellationToken).ConfigureAwait(false);
            return (new ForeignDump(path, DumpFormat.PostgresFolder, "postgresql", Encodings.None, bytes, sha256), null);
        }

        var raw = Open(path);
        await using (raw.ConfigureAwait(false))
        {
            var head = await HeadAsync(raw, cancellationToken).ConfigureAwait(false);
            var compression = CompressionOf(head);
            var content = head;
            if (compression != Encodings.None)
            {
                raw.Position = 0;
                content = await UnpackedHeadAsync(path, raw, compression, cancellationToken).ConfigureAwait(false);
            }

            if (ForeignArchive.IsTar(content))
                return (null, await ArchiveAsync(path, raw, compression, cancellationToken).ConfigureAwait(false));
            var format = DumpRecognition.FormatOf(content) ?? throw Damaged(path, DumpRecognition.WhyNot(content));
            raw.Position = 0;
            var hash = Hex.Of(await SHA256.HashDataAsync(raw, cancellationToken).ConfigureAwait(false));
            return (new ForeignDump(path, format, DumpRecognition.EngineOf(content), compression, raw.Length, hash), null);
        }
    }

    /// <summary>Lets the file of a planned step be loaded, after it was compared with what was planned.</summary>
    public static async Task FeedAsync(PlannedStep planned, Func<Dump, CancellationToken, Task> load, CancellationToken cancellationToken)
    {
        var path = planned.Inputs[RestoreSteps.File];
        var (now, _) = await LookAsync(path, cancellationToken).ConfigureAwait(false);
        if (now?.Sha256 != planned.Inputs[HashInput] || now.Size.ToString(CultureInfo.InvariantCulture) != planned.Inputs[SizeInput])
            throw new AppException(ErrorIds.PlanStale, $"{path} was changed since the restore was planned.", path, "Plan the restore again.");
        if (now.Format == DumpFormat.PostgresFolder)
        {
            await DumpFolder.FeedAsync(path, (tar, token) => load(Dump.Of(tar, now.Format), token), cancellationToken).ConfigureAwait(false);
            return;
        }

        var dump = new Dump(now.Format, token => Packing.OpenAsync(Open(path), now.Compression, long.MaxValue, token))
        {
            Size = now.Compression == Encodings.None ? now.Size : null,
        };
        await load(dump, cancellationToken).ConfigureAwait(false);
    }

    public Dictionary<string, string> ToInputs(string database) => new()
    {
        [RestoreSteps.File] = Path,
        [RestoreSteps.Target] = database,
        [FormatInput] = Format.ToString(),
        [SizeInput] = Size.ToString(CultureInfo.InvariantCulture),
        [HashInput] = Sha256,
    };

    private static async Task<ForeignArchive> ArchiveAsync(string path, FileStream raw, string compression, CancellationToken cancellationToken)
    {
        raw.Position = 0;
        var hash = Hex.Of(await SHA256.HashDataAsync(raw, cancellationToken).ConfigureAwait(false));
        var size = raw.Length;
        var content = await Packing.OpenAsync(Open(path), compression, long.MaxValue, cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var unpacked = await ForeignArchive.WalkAsync(path, content, cancellationToken).ConfigureAwait(false);
            return new ForeignArchive(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path, compression, size, hash, unpacked);
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AppException(ErrorIds.BackupNotFound, $"There is no file {path}.", path, "Name a dump that exists, with its whole path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppException(ErrorIds.RestoreFailed, $"{path} cannot be opened: {e.Message}", path, inner: e);
        }
    }

    private static async Task<byte[]> HeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[HeadLength];
        var read = await stream.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return head[..read];
    }

    private static string CompressionOf(byte[] head) => head switch
    {
        [0x1f, 0x8b, ..] => Encodings.Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Encodings.Zstd,
        _ => Encodings.None,
    };

    private static async Task<byte[]> UnpackedHeadAsync(string path, Stream raw, string compression, CancellationToken cancellationToken)
    {
        try
        {
            // Not disposed as a whole: the file is still needed.
            using Stream unpacked = compression == Encodings.Zstd ? new UnzstdStream(raw) : await ParallelGunzipStream.OpenAsync(raw, cancellationToken).ConfigureAwait(false);
            return await HeadAsync(unpacked, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(path, $"begins as {compression}, but cannot be unpacked ({e.Message.TrimEnd('.')})");
        }
    }

    private static AppException Damaged(string path, string what) => new(ErrorIds.BackupDamaged, $"{path} {what}.", path);
}
