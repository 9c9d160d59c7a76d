using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Brings data back under a name of its own. What has that name already belongs to somebody else: it is never replaced, nor removed on the way back.</summary>
internal sealed class RestoreBesideStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    public const string Database = "database";
    public const string Volume = "volume";
    public const string Folder = "folder";
    public const string SqliteFile = "file";

    public const string KindInput = "kind";
    public const string NameInput = "beside";

    /// <summary>Written down when the name was free, and before anything gets it.</summary>
    private const string Making = "making";
    private const string Made = "made";

    private string Kind => Input(KindInput);

    private string Beside => Input(NameInput);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Outputs.ContainsKey(Made) || !await ExistsAsync(cancellationToken).ConfigureAwait(false))
            return StepState.NotDone;
        await RecordAsync(context, true, cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Outputs.ContainsKey(Making))
            await RemoveAsync(context, cancellationToken).ConfigureAwait(false);
        else if (await ExistsAsync(cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.DatabaseNameTaken, $"There is a {Kind} '{Beside}' already.", Beside, "Choose another name, or remove it first if nothing of it is needed.");
        await context.RecordAsync(Making, Beside, cancellationToken).ConfigureAwait(false);
        context.Tell($"Restoring {Input(RestoreSteps.File)} as {Kind} {Beside}");
        await MakeAsync(context, cancellationToken).ConfigureAwait(false);
        await context.RecordAsync(Made, Beside, cancellationToken).ConfigureAwait(false);
        await RecordAsync(context, true, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Outputs.ContainsKey(Making))
            return;
        await RemoveAsync(context, cancellationToken).ConfigureAwait(false);
        await RecordAsync(context, false, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> ExistsAsync(CancellationToken cancellationToken) => Kind switch
    {
        Database => await parts.Database(Input(RestoreSteps.Target)).ExistsAsync(Beside, cancellationToken).ConfigureAwait(false),
        Volume => await parts.Volumes().ExistsAsync(Beside, cancellationToken).ConfigureAwait(false),
        Folder => !await parts.Folders.IsFreeAsync(Beside, cancellationToken).ConfigureAwait(false),
        _ => await parts.Host.Files.StatAsync(Beside, cancellationToken).ConfigureAwait(false) is not null,
    };

    private async Task MakeAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (Kind == Database)
        {
            var database = parts.Database(Input(RestoreSteps.Target));
            await DumpFeed.RunAsync(Planned, parts, context, (dump, token) => database.LoadAsync(dump, Beside, token), cancellationToken).ConfigureAwait(false);
            return;
        }

        var file = parts.File(Planned);
        await file.VerifyAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Kind == Volume)
                await FillVolumeAsync(context, file, cancellationToken).ConfigureAwait(false);
            else
                await UnpackAsync(context, file, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw file.Damaged(e.Message.TrimEnd('.'), e);
        }
    }

    private async Task FillVolumeAsync(StepContext context, Stores.StoredFile file, CancellationToken cancellationToken)
    {
        var volumes = parts.Volumes();
        await volumes.CreateAsync(Beside, new Dictionary<string, string> { ["upgradeops.operation"] = context.OperationId }, cancellationToken).ConfigureAwait(false);
        if (OptionalInput(RestoreSteps.FromBackup) is null)
        {
            await Relay.RunAsync((output, token) => TarReroot.WriteAsync(file.OpenAsync, volumes.Root, output, token), (tar, token) => volumes.WriteAsync(Beside, tar, token), cancellationToken).ConfigureAwait(false);
            return;
        }

        var content = await file.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
            await volumes.WriteAsync(Beside, content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Under a name of the operation first: what has its own name is whole.</summary>
    private async Task UnpackAsync(StepContext context, Stores.StoredFile file, CancellationToken cancellationToken)
    {
        var unpacked = Unpacked(context);
        if (Kind == Folder)
        {
            await parts.Folders.UnpackAsync(unpacked, file.OpenAsync, cancellationToken).ConfigureAwait(false);
            await parts.Folders.RenameAsync(unpacked, Beside, cancellationToken).ConfigureAwait(false);
            return;
        }

        await HostCopy.UnpackAsync(file, parts.Host.Files, unpacked, cancellationToken).ConfigureAwait(false);
        await parts.Host.Files.RenameAsync(unpacked, Beside, cancellationToken).ConfigureAwait(false);
    }

    private async Task RemoveAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (Kind == Database)
        {
            await parts.Database(Input(RestoreSteps.Target)).DropAsync(Beside, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (Kind == Volume)
        {
            await parts.Volumes().RemoveAsync(Beside, cancellationToken).ConfigureAwait(false);
            return;
        }

        foreach (var path in new[] { Unpacked(context), Beside })
        {
            if (Kind == Folder)
                await parts.Folders.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
            else
                await parts.Host.Files.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
        }
    }

    private string Unpacked(StepContext context) => AsideNames.Beside(Beside, "unpacked", context.OperationId);

    private Task RecordAsync(StepContext context, bool there, CancellationToken cancellationToken) =>
        context.RecordAsync(RestoreSteps.KeptAsideOutput, EngineJson.Write<string[]>(there ? [$"{Kind} {Beside}"] : []), cancellationToken);
}
