using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Volumes;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>
/// Replaces what is in a volume. Docker cannot rename volumes, so the old content is copied to a second one first; the live one is not touched
/// before the journal says that this copy is whole. Taking it back copies the other way round.
/// </summary>
internal sealed class RestoreVolumeStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    private const string AsideDigest = "asideDigest";
    private const string RestoredDigest = "restoredDigest";
    private const string UndoBegun = "undoBegun";

    /// <summary>Made by another tool, in an order of its own.</summary>
    private bool IsForeign => OptionalInput(RestoreSteps.FromBackup) is null;

    private string Live => Input(RestoreSteps.Target);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Outputs.ContainsKey(AsideDigest))
            return StepState.NotDone;
        var copies = new VolumeCopies(parts.Volumes());
        if (await copies.DigestAsync(Live, cancellationToken, IsForeign).ConfigureAwait(false) != await WantedAsync(Stored(), cancellationToken).ConfigureAwait(false))
            return StepState.NotDone;
        await context.RecordAsync(RestoredDigest, await copies.DigestAsync(Live, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var stored = Stored();
        context.Tell($"Verifying {stored.Path}");
        await stored.VerifyAsync(cancellationToken).ConfigureAwait(false);
        var wanted = await WantedAsync(stored, cancellationToken).ConfigureAwait(false);
        var volumes = parts.Volumes();
        await RefuseWhileWrittenAsync(volumes, cancellationToken).ConfigureAwait(false);
        await PutAsideAsync(context, volumes, cancellationToken).ConfigureAwait(false);
        context.Tell($"Restoring {stored.Path} into volume {Live}");
        await volumes.EmptyAsync(Live, cancellationToken).ConfigureAwait(false);
        await ReadAsync(
            stored,
            async (content, token) =>
            {
                await volumes.WriteAsync(Live, content, token).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        var copies = new VolumeCopies(volumes);
        if (await copies.DigestAsync(Live, cancellationToken, IsForeign).ConfigureAwait(false) != wanted)
            throw new AppException(ErrorIds.RestoreFailed, $"{stored.Path} was unpacked into volume {Live}, but what is there now differs from it.", Live);
        await context.RecordAsync(RestoredDigest, await copies.DigestAsync(Live, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var volumes = parts.Volumes();
        if (context.Outputs.TryGetValue(AsideDigest, out var before))
            await PutBackAsync(context, volumes, before, cancellationToken).ConfigureAwait(false);

        // Now the live one holds the same, or was never touched.
        await volumes.RemoveAsync(Name("aside", context), cancellationToken).ConfigureAwait(false);
        await RecordKeptAsync(context, volumes, Name("undone", context), cancellationToken).ConfigureAwait(false);
    }

    private async Task PutAsideAsync(StepContext context, IVolumes volumes, CancellationToken cancellationToken)
    {
        if (context.Outputs.ContainsKey(AsideDigest))
            return;
        var aside = Name("aside", context);
        context.Tell($"Copying volume {Live} to {aside}");
        var digest = await new VolumeCopies(volumes).CopyToNewAsync(Live, aside, Labels(context), cancellationToken).ConfigureAwait(false);
        await context.RecordAsync(
            new Dictionary<string, string> { [AsideDigest] = digest, [RestoreSteps.KeptAsideOutput] = EngineJson.Write<string[]>([$"volume {aside}"]) },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task PutBackAsync(StepContext context, IVolumes volumes, string before, CancellationToken cancellationToken)
    {
        var copies = new VolumeCopies(volumes);
        var now = await copies.DigestAsync(Live, cancellationToken).ConfigureAwait(false);
        if (now == before)
            return;
        await RefuseWhileWrittenAsync(volumes, cancellationToken).ConfigureAwait(false);
        var aside = Name("aside", context);
        if (!await volumes.ExistsAsync(aside, cancellationToken).ConfigureAwait(false) || await copies.DigestAsync(aside, cancellationToken).ConfigureAwait(false) != before)
            throw new AppException(ErrorIds.UndoFailed, $"The old content of volume {Live} is no longer in {aside} as it was put there, so {Live} is left as it is.", Live);

        // Whoever ran on the restored content may have written to it: that is kept too.
        var wasUsed = context.Outputs.TryGetValue(RestoredDigest, out var restored) && now != restored;
        if (wasUsed && !context.Outputs.ContainsKey(UndoBegun))
            await copies.CopyToNewAsync(Live, Name("undone", context), Labels(context), cancellationToken).ConfigureAwait(false);
        await context.RecordAsync(UndoBegun, "true", cancellationToken).ConfigureAwait(false);
        await copies.ReplaceAsync(Live, aside, cancellationToken).ConfigureAwait(false);
    }

    private async Task RefuseWhileWrittenAsync(IVolumes volumes, CancellationToken cancellationToken)
    {
        if (await volumes.IsWrittenToAsync(Live, cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.RestoreFailed, $"A running container may write to volume {Live}, so its content is not replaced.", Live, "Stop every container that mounts the volume.");
    }

    private StoredFile Stored() => parts.File(Planned);

    private Task<string> WantedAsync(StoredFile stored, CancellationToken cancellationToken) => ReadAsync(stored, (tar, token) => TarDigest.OfAsync(tar, IsForeign, token), cancellationToken);

    /// <summary>An archive that another tool made begins anywhere: it is written anew as those of volumes are.</summary>
    private async Task<T> ReadAsync<T>(StoredFile stored, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            if (IsForeign)
                return await Relay.RunAsync((output, token) => TarReroot.WriteAsync(stored.OpenAsync, parts.Volumes().Root, output, token), read, cancellationToken).ConfigureAwait(false);
            var content = await stored.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                return await read(content, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw stored.Damaged(e.Message.TrimEnd('.'), e);
        }
    }

    private string Name(string role, StepContext context) => AsideNames.Beside(Live, role, context.OperationId);

    private static Dictionary<string, string> Labels(StepContext context) => new() { ["upgradeops.operation"] = context.OperationId };

    private static async Task RecordKeptAsync(StepContext context, IVolumes volumes, string name, CancellationToken cancellationToken)
    {
        var exists = await volumes.ExistsAsync(name, cancellationToken).ConfigureAwait(false);
        await context.RecordAsync(RestoreSteps.KeptAsideOutput, EngineJson.Write<string[]>(exists ? [$"volume {name}"] : []), cancellationToken).ConfigureAwait(false);
    }
}
