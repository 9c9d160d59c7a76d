using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Hosts.Durable;
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
        if (!Directory.Exists(Live) || Directory.Exists(Unpacked(context)) || (!isNew && !Directory.Exists(Aside(context))))
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
        if (!context.Outputs.ContainsKey("unpacked") || !Directory.Exists(unpacked))
            await UnpackAsync(context, unpacked, cancellationToken).ConfigureAwait(false);
        try
        {
            if (Directory.Exists(Live) && !Directory.Exists(Aside(context)))
                Rename(Live, Aside(context));
            Rename(unpacked, Live);
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
        if (Directory.Exists(Aside(context)))
        {
            // What was live meanwhile may have been written to: it keeps its data under its own name.
            if (Directory.Exists(Live))
                Rename(Live, Undone(context));
            Rename(Aside(context), Live);
        }
        else if (OptionalInput("new") == "true" && context.Outputs.ContainsKey("unpacked") && !Directory.Exists(Unpacked(context)) && Directory.Exists(Live))
        {
            Rename(Live, Undone(context));
        }

        if (Directory.Exists(Unpacked(context)))
            Directory.Delete(Unpacked(context), recursive: true);
        await RecordKeptAsync(context, Undone(context), cancellationToken).ConfigureAwait(false);
    }

    private async Task UnpackAsync(StepContext context, string unpacked, CancellationToken cancellationToken)
    {
        var file = parts.File(Planned);
        context.Tell($"Verifying {file.Path}");
        await file.VerifyAsync(cancellationToken).ConfigureAwait(false);
        if (Directory.Exists(unpacked))
            Directory.Delete(unpacked, recursive: true);
        context.Tell($"Unpacking {file.Path} into {unpacked}");
        try
        {
            var content = await file.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                await new FolderUnpacker(unpacked).UnpackAsync(content, cancellationToken).ConfigureAwait(false);
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

    private static void Rename(string from, string to)
    {
        if (Directory.Exists(to))
            throw new IOException($"{to} exists already.");
        Directory.Move(from, to);
        DurableFolder.Sync(Path.GetDirectoryName(from)!);
    }

    private static Task RecordKeptAsync(StepContext context, string kept, CancellationToken cancellationToken) => context.RecordAsync(
        RestoreSteps.KeptAsideOutput, EngineJson.Write<string[]>(Directory.Exists(kept) ? [$"folder {kept}"] : []), cancellationToken);
}
