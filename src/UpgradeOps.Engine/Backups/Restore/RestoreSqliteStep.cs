using UpgradeOps.Engine.Hosts;
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

    private IHostFiles Files => parts.Host.Files;

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Outputs.ContainsKey(UnpackedOutput) || await ExistsAsync(Beside("unpacked", context), cancellationToken).ConfigureAwait(false) || !await ExistsAsync(Live, cancellationToken).ConfigureAwait(false))
            return StepState.NotDone;
        await RecordKeptAsync(context, Beside("aside", context), cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (unpacked, aside) = (Beside("unpacked", context), Beside("aside", context));
        if (!context.Outputs.ContainsKey(UnpackedOutput))
            await UnpackAsync(context, unpacked, cancellationToken).ConfigureAwait(false);
        if (await ExistsAsync(unpacked, cancellationToken).ConfigureAwait(false))
        {
            if (!await ExistsAsync(aside, cancellationToken).ConfigureAwait(false))
                await MoveAsync(Live, aside, cancellationToken).ConfigureAwait(false);
            await Files.RenameAsync(unpacked, Live, cancellationToken).ConfigureAwait(false);
        }

        await RecordKeptAsync(context, aside, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (unpacked, aside, undone) = (Beside("unpacked", context), Beside("aside", context), Beside("undone", context));
        if (context.Outputs.ContainsKey(UnpackedOutput) && !await ExistsAsync(unpacked, cancellationToken).ConfigureAwait(false)
            && await ExistsAsync(Live, cancellationToken).ConfigureAwait(false) && !await ExistsAsync(undone, cancellationToken).ConfigureAwait(false))
            await MoveAsync(Live, undone, cancellationToken).ConfigureAwait(false);
        await MoveAsync(aside, Live, cancellationToken).ConfigureAwait(false);
        await Files.DeleteAsync(unpacked, cancellationToken).ConfigureAwait(false);
        await RecordKeptAsync(context, undone, cancellationToken).ConfigureAwait(false);
    }

    private async Task UnpackAsync(StepContext context, string unpacked, CancellationToken cancellationToken)
    {
        var file = parts.File(Input(RestoreSteps.FromBackup), Input(RestoreSteps.File));
        context.Tell($"Verifying {file.Path}");
        await file.VerifyAsync(cancellationToken).ConfigureAwait(false);
        await HostCopy.UnpackAsync(file, Files, unpacked, cancellationToken).ConfigureAwait(false);
        if (await ExistsAsync(Live, cancellationToken).ConfigureAwait(false))
            await HostCopy.ResembleAsync(parts.Host, Live, unpacked, cancellationToken).ConfigureAwait(false);
        await context.RecordAsync(UnpackedOutput, unpacked, cancellationToken).ConfigureAwait(false);
    }

    private string Beside(string role, StepContext context) => AsideNames.Beside(Live, role, context.OperationId);

    private async Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => await Files.StatAsync(path, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>The file last: what belongs to it has its new name by then. Nothing happens to what is not there.</summary>
    private async Task MoveAsync(string from, string to, CancellationToken cancellationToken)
    {
        foreach (var part in Companions.Append(""))
        {
            if (await ExistsAsync(from + part, cancellationToken).ConfigureAwait(false))
                await Files.RenameAsync(from + part, to + part, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RecordKeptAsync(StepContext context, string kept, CancellationToken cancellationToken) => await context.RecordAsync(
        RestoreSteps.KeptAsideOutput,
        EngineJson.Write<string[]>(await ExistsAsync(kept, cancellationToken).ConfigureAwait(false) ? [$"file {kept}"] : []),
        cancellationToken).ConfigureAwait(false);
}
