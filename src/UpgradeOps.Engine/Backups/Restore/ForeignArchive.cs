using System.Globalization;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>An archive of files (tar, plain or compressed) that another tool made, gone through to its end before anything else is done with it.</summary>
/// <param name="Unpacked">Bytes of the archive before compression.</param>
internal sealed record ForeignArchive(string Path, string Compression, long Size, string Sha256, long Unpacked)
{
    private const string EncodingInput = "encoding";
    private const string UnpackedInput = "unpacked";
    private const int MarkAt = 257;

    public static bool IsTar(ReadOnlySpan<byte> head) => head.Length > MarkAt + 5 && head[MarkAt..].StartsWith("ustar"u8);

    /// <summary>Walks it: what it holds must be allowed, and its end be there.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>, naming the entry.</exception>
    public static async Task<long> WalkAsync(string path, Stream tar, CancellationToken cancellationToken)
    {
        try
        {
            var counted = new BoundedStream(tar, tar, long.MaxValue);
            await TarWalker.WalkAsync(counted, static (_, _, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
            return counted.Count;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new AppException(ErrorIds.BackupDamaged, $"{path} is not unpacked: {e.Message.TrimEnd('.')}.", path, inner: e);
        }
    }

    public Dictionary<string, string> ToInputs(string source, string target) => new()
    {
        [RestoreSteps.File] = Path,
        [RestoreSteps.Source] = source,
        [RestoreSteps.Target] = target,
        [EncodingInput] = Compression == Encodings.None ? Encodings.None : $"{Encodings.Tar}+{Compression}",
        [ForeignDump.SizeInput] = Size.ToString(CultureInfo.InvariantCulture),
        [ForeignDump.HashInput] = Sha256,
        [UnpackedInput] = Unpacked.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The file of a planned step as one that is verified before it is unpacked, and never yields more than it did then.</summary>
    public static StoredFile Of(PlannedStep planned)
    {
        var path = planned.Inputs[RestoreSteps.File];
        return new StoredFile(System.IO.Path.GetDirectoryName(path)!, new BackupFile
        {
            Path = System.IO.Path.GetFileName(path),
            Size = long.Parse(planned.Inputs[ForeignDump.SizeInput], CultureInfo.InvariantCulture),
            Sha256 = planned.Inputs[ForeignDump.HashInput],
            Source = planned.Inputs[RestoreSteps.Source],
            Encoding = planned.Inputs[EncodingInput],
            OriginalSize = long.Parse(planned.Inputs[UnpackedInput], CultureInfo.InvariantCulture),
        });
    }
}
