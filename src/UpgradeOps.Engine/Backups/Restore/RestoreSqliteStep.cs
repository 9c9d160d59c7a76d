using UpgradeOps.Engine.Hosts.Durable;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>
/// Unpacks a database file beside the live one, then exchanges their names; what belongs to a file (its write-ahead log) moves with it,
/// first away and last back, so that no file ever meets another's log.
/// </summary>
internal sealed class RestoreSqliteStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    private const string UnpackedOutput = "unpacked";

    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    private string Live => Input(RestoreSteps.Target);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Outputs.ContainsKey(UnpackedOutput) || File.Exists(Beside("unpacked", context)) || !File.Exists(Live))
            return StepState.NotDone;
        await RecordKeptAsync(context, Beside("aside", context), cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (unpacked, aside) = (Beside("unpacked", context), Beside("aside", context));
        if (!context.Outputs.ContainsKey(UnpackedOutput))
            await UnpackAsync(context, unpacked, cancellationToken).ConfigureAwait(false);
        if (File.Exists(unpacked))
        {
            if (!File.Exists(aside))
                Move(Live, aside);
            Rename(unpacked, Live);
        }

        await RecordKeptAsync(context, aside, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (unpacked, aside, undone) = (Beside("unpacked", context), Beside("aside", context), Beside("undone", context));
        if (context.Outputs.ContainsKey(UnpackedOutput) && !File.Exists(unpacked) && File.Exists(Live) && !File.Exists(undone))
            Move(Live, undone);
        if (File.Exists(aside) || Companions.Any(c => File.Exists(aside + c)))
            Move(aside, Live);
        File.Delete(unpacked);
        await RecordKeptAsync(context, undone, cancellationToken).ConfigureAwait(false);
    }

    private async Task UnpackAsync(StepContext context, string unpacked, CancellationToken cancellationToken)
    {
        var file = parts.File(Input(RestoreSteps.FromBackup), Input(RestoreSteps.File));
        context.Tell($"Verifying {file.Path}");
        await file.VerifyAsync(cancellationToken).ConfigureAwait(false);
        File.Delete(unpacked);
        try
        {
            var content = await file.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                using var output = DurableFile.Create(unpacked);
                await content.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
                output.Flush(flushToDisk: true);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw file.Damaged(e.Message.TrimEnd('.'), e);
        }

        if (File.Exists(Live) && !OperatingSystem.IsWindows())
        {
            FileOwner.Of(Live)?.GiveTo(unpacked);
            File.SetUnixFileMode(unpacked, File.GetUnixFileMode(Live));
        }

        await context.RecordAsync(UnpackedOutput, unpacked, cancellationToken).ConfigureAwait(false);
    }

    private string Beside(string role, StepContext context) => AsideNames.Beside(Live, role, context.OperationId);

    private static void Move(string from, string to)
    {
        foreach (var companion in Companions.Where(c => File.Exists(from + c)))
            Rename(from + companion, to + companion);
        if (File.Exists(from))
            Rename(from, to);
    }

    private static void Rename(string from, string to)
    {
        File.Move(from, to);
        DurableFolder.Sync(Path.GetDirectoryName(from)!);
    }

    private static Task RecordKeptAsync(StepContext context, string kept, CancellationToken cancellationToken) =>
        context.RecordAsync(RestoreSteps.KeptAsideOutput, EngineJson.Write<string[]>(File.Exists(kept) ? [$"file {kept}"] : []), cancellationToken);
}
