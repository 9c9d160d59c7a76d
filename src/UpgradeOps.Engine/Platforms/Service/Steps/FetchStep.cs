using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Service.Assets;
using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Releases.GitHub;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Service.Steps;

/// <summary>
/// Downloads an asset, verifies it, and unpacks it beside the other releases under a name that is none; then it gets its name at once. What was downloaded before a kill is gone on
/// from.
/// </summary>
internal sealed class FetchStep(PlannedStep planned, IHost host, ServicePaths paths, ReleaseFolders folders, AssetSource? source, ISupervisor supervisor) : Step(planned)
{
    private string Folder => Input(ServiceSteps.Folder);

    private AssetSource From => source ?? throw new AppException(ErrorIds.PlanDamaged, $"Step {Planned.Id} needs releases.github, and the definition has none.", Planned.Id);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!await folders.HoldsAsync(Folder, Input(ServiceSteps.Digest), cancellationToken).ConfigureAwait(false))
            return StepState.NotDone;
        await TellVerifiedAsync(context, cancellationToken).ConfigureAwait(false);
        Place(context).Remove();
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await folders.HoldsAsync(Folder, Input(ServiceSteps.Digest), cancellationToken).ConfigureAwait(false))
        {
            await TellVerifiedAsync(context, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (await folders.ExistsAsync(Folder, cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.DigestMismatch, $"{Folder} is there, but it is not what was unpacked of release {Input(ServiceSteps.Version)}: it was changed since, or put there by hand.", Folder, "Move the folder away, then run the same command again.");

        var chosen = await From.Assets.ChooseAsync(Input(ServiceSteps.Tag), cancellationToken).ConfigureAwait(false);
        if (chosen.Digest != Input(ServiceSteps.Digest))
            throw new AppException(ErrorIds.DigestMismatch, $"{chosen.Asset.Name} of release {chosen.Release.Tag} was replaced since it was planned: it was {Input(ServiceSteps.Digest)}, it is {chosen.Digest}.", Folder, "Run the same command again, for a plan to what is there now.");

        await host.Files.CreateFolderAsync(paths.Releases, HostModes.OpenFolder, cancellationToken).ConfigureAwait(false);
        var place = Place(context);
        place.Prepare();
        await new AssetDownload(From.Assets.Api).FetchAsync(chosen, place.File, Telling(context, chosen), cancellationToken).ConfigureAwait(false);
        await StageAsync(context, chosen, place.File, cancellationToken).ConfigureAwait(false);
        await TellVerifiedAsync(context, cancellationToken).ConfigureAwait(false);
        place.Remove();
    }

    /// <summary>A whole release harms nobody and saves the next attempt its download: only what is half there goes.</summary>
    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (source is not null)
            Place(context).Remove();
        await host.Files.DeleteAsync(paths.Staging(context.OperationId), cancellationToken).ConfigureAwait(false);
        await folders.SweepRecordsAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task StageAsync(StepContext context, ChosenAsset chosen, string file, CancellationToken cancellationToken)
    {
        var staging = paths.Staging(context.OperationId);
        var unpacking = new AssetUnpacking(host, paths, chosen, file, From.Assets.Definition.Strip, From.Assets.Definition.As);
        context.Tell($"Unpacking {chosen.Asset.Name}");
        var summary = await unpacking.CheckAsync(cancellationToken).ConfigureAwait(false);
        await unpacking.UnpackAsync(staging, summary, cancellationToken).ConfigureAwait(false);
        await CheckProgramAsync(chosen, staging, summary, cancellationToken).ConfigureAwait(false);

        // The record first: a release folder without one would be taken for one that somebody put there by hand.
        var record = new ReleaseRecord
        {
            Version = Input(ServiceSteps.Version),
            Tag = Input(ServiceSteps.Tag),
            Source = Input(ServiceSteps.Source),
            Digest = Input(ServiceSteps.Digest),
            Content = summary.Digest,
            Verified = chosen.Verified,
            StagedAt = context.Time.GetUtcNow(),
        };
        await folders.WriteRecordAsync(Folder, record, cancellationToken).ConfigureAwait(false);
        await host.Files.RenameAsync(staging, Folder, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Now, while the old version still serves, and not when it was stopped for nothing.</summary>
    private async Task CheckProgramAsync(ChosenAsset chosen, string staging, PublishedSummary summary, CancellationToken cancellationToken)
    {
        if (await supervisor.ProgramAsync(cancellationToken).ConfigureAwait(false) is not { IsInRelease: true } program)
            return;
        if (await HostCommands.ExistsAsync(host, HostPath.Absolute(program.Path, staging), cancellationToken).ConfigureAwait(false))
            return;
        var shown = string.Join(", ", summary.Top.Take(8)) + (summary.Top.Count > 8 ? ", …" : "");
        var hint = summary.Top is [var only] && only.EndsWith('/')
            ? $"All of it stands in one folder: write 'strip: {From.Assets.Definition.Strip + 1}' under releases.github."
            : "Correct the command in the definition, or releases.github.asset; of a .zip that was not made on Unix nothing may be run.";
        throw new AppException(ErrorIds.HostCommandMissing, $"{chosen.Asset.Name} has no program {program.Path}, with which {program.Source} would start the release; it holds {shown}.", chosen.Asset.Name, hint);
    }

    private async Task TellVerifiedAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Outputs.ContainsKey(PlatformOutputs.Findings) || await folders.RecordOfAsync(Folder, cancellationToken).ConfigureAwait(false) is not { Verified: { } verified })
            return;
        var finding = new Finding
        {
            Severity = FindingSeverity.Information,
            ErrorId = ErrorIds.AssetVerified,
            Target = $"{Input(ServiceSteps.Source)}:{Input(ServiceSteps.Tag)}",
            Message = $"Verified {verified}.",
        };
        await context.RecordAsync(PlatformOutputs.Findings, EngineJson.Write(new[] { finding }), cancellationToken).ConfigureAwait(false);
    }

    private static Action<long> Telling(StepContext context, ChosenAsset chosen)
    {
        var (told, size) = (-1L, chosen.Asset.Size);
        var step = Math.Max(1 << 20, size / 50);
        return done =>
        {
            if (told >= 0 && done - told is var more && more >= 0 && more < step && done < size)
                return;
            told = done;
            context.Tell($"Downloading {chosen.Asset.Name}", done, size);
        };
    }

    private DownloadPlace Place(StepContext context) => new(paths, From, context.OperationId);
}
