using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>
/// Unpacks a folder beside the live one, then exchanges their names. Three names tell where a crash left it: <c>-unpacked-</c> is not yet
/// live, <c>-aside-</c> was live before, <c>-undone-</c> was live until the restore was taken back.
/// </summary>
internal sealed class RestoreFolderStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    private string Live => Input(RestoreSteps.Target);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var isNew = OptionalInput("new") == "true";
        if (!await ExistsAsync(Live, cancellationToken).ConfigureAwait(false)
            || await ExistsAsync(Unpacked(context), cancellationToken).ConfigureAwait(false)
            || (!isNew && !await ExistsAsync(Aside(context), cancellationToken).ConfigureAwait(false)))
            return StepState.NotDone;
        if (isNew && !context.Outputs.ContainsKey("unpacked"))
            return StepState.NotDone;
        await RecordKeptAsync(context, Aside(context), cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await ObserveAsync(context, cancellationToken).ConfigureAwait(false) == StepState.Done)
            return;
        var unpacked = Unpacked(context);
        if (!context.Outputs.ContainsKey("unpacked") || !await ExistsAsync(unpacked, cancellationToken).ConfigureAwait(false))
            await UnpackAsync(context, unpacked, cancellationToken).ConfigureAwait(false);
        try
        {
            if (await ExistsAsync(Live, cancellationToken).ConfigureAwait(false) && !await ExistsAsync(Aside(context), cancellationToken).ConfigureAwait(false))
                await parts.Folders.RenameAsync(Live, Aside(context), cancellationToken).ConfigureAwait(false);
            await parts.Folders.RenameAsync(unpacked, Live, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new AppException(
                ErrorIds.RestoreFailed,
                $"{Live} cannot be exchanged for the restored {unpacked}: {e.Message}",
                Live,
                "A folder that is a mount point cannot be renamed: declare a folder below it instead.",
                e);
        }

        await RecordKeptAsync(context, Aside(context), cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var isLive = await ExistsAsync(Live, cancellationToken).ConfigureAwait(false);
        var isUnpacked = await ExistsAsync(Unpacked(context), cancellationToken).ConfigureAwait(false);
        if (await ExistsAsync(Aside(context), cancellationToken).ConfigureAwait(false))
        {
            // What was live meanwhile may have been written to: it keeps its data under its own name.
            if (isLive)
                await parts.Folders.RenameAsync(Live, Undone(context), cancellationToken).ConfigureAwait(false);
            await parts.Folders.RenameAsync(Aside(context), Live, cancellationToken).ConfigureAwait(false);
        }
        else if (OptionalInput("new") == "true" && context.Outputs.ContainsKey("unpacked") && !isUnpacked && isLive)
        {
            await parts.Folders.RenameAsync(Live, Undone(context), cancellationToken).ConfigureAwait(false);
        }

        await parts.Folders.DeleteAsync(Unpacked(context), cancellationToken).ConfigureAwait(false);
        await RecordKeptAsync(context, Undone(context), cancellationToken).ConfigureAwait(false);
    }

    private Task<bool> ExistsAsync(string folder, CancellationToken cancellationToken) => parts.Folders.ExistsAsync(folder, cancellationToken);

    private async Task UnpackAsync(StepContext context, string unpacked, CancellationToken cancellationToken)
    {
        var file = parts.File(Planned);
        context.Tell($"Verifying {file.Path}");
        await file.VerifyAsync(cancellationToken).ConfigureAwait(false);
        await parts.Folders.DeleteAsync(unpacked, cancellationToken).ConfigureAwait(false);
        context.Tell($"Unpacking {file.Path} into {unpacked}");
        try
        {
            await parts.Folders.UnpackAsync(unpacked, file.OpenAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw file.Damaged(e.Message.TrimEnd('.'), e);
        }

        await context.RecordAsync("unpacked", unpacked, cancellationToken).ConfigureAwait(false);
    }

    private string Unpacked(StepContext context) => AsideNames.Beside(Live, "unpacked", context.OperationId);

    private string Aside(StepContext context) => AsideNames.Beside(Live, "aside", context.OperationId);

    private string Undone(StepContext context) => AsideNames.Beside(Live, "undone", context.OperationId);

    private async Task RecordKeptAsync(StepContext context, string kept, CancellationToken cancellationToken) => await context.RecordAsync(
        RestoreSteps.KeptAsideOutput,
        EngineJson.Write<string[]>(await ExistsAsync(kept, cancellationToken).ConfigureAwait(false) ? [$"folder {kept}"] : []),
        cancellationToken).ConfigureAwait(false);
}
