using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Gives the dump that a step names, of a backup or of another tool, to whoever loads it; verified first; with its unpacked size where that is known.</summary>
internal static class DumpFeed
{
    public static async Task RunAsync(
        PlannedStep planned, RestoreParts parts, StepContext context, Func<Dump, CancellationToken, Task> load, CancellationToken cancellationToken)
    {
        if (!planned.Inputs.TryGetValue(RestoreSteps.FromBackup, out var backupId))
        {
            await ForeignDump.FeedAsync(planned, load, cancellationToken).ConfigureAwait(false);
            return;
        }

        var file = parts.File(backupId, planned.Inputs[RestoreSteps.File]);
        context.Tell($"Verifying {file.Path}");
        await file.VerifyAsync(cancellationToken).ConfigureAwait(false);
        var kind = DumpKind.OfEncoding(file.File.Encoding) ?? throw file.Damaged($"its encoding '{file.File.Encoding}' is not that of a dump");
        await load(Of(file, kind.Format), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A stored file as a dump.</summary>
    public static Dump Of(StoredFile file, DumpFormat format) => new(format, file.OpenAsync)
    {
        Size = file.File.OriginalSize,
        Packed = Encodings.CompressionOf(file.File.Encoding) switch
        {
            Encodings.Gzip => new PackedDump("gzip", file.OpenRaw),
            Encodings.Zstd => new PackedDump("zstd", file.OpenRaw),
            _ => null,
        },
    };
}
