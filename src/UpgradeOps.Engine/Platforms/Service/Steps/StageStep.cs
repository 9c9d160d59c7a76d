using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Service.Steps;

/// <summary>Copies a release beside the others under a name that is none, verifies it there, and gives it its name at once.</summary>
internal sealed class StageStep(PlannedStep planned, ServicePaths paths, ReleaseFolders folders, IHostFiles files) : Step(planned)
{
    private string Folder => Input(ServiceSteps.Folder);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        await IsStagedAsync(cancellationToken).ConfigureAwait(false)
        && await folders.RecordOfAsync(Folder, cancellationToken).ConfigureAwait(false) is not null
            ? StepState.Done
            : StepState.NotDone;

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await IsStagedAsync(cancellationToken).ConfigureAwait(false))
        {
            // Put there by hand, or by somebody who was killed: now that its content is known, it is as good as copied.
            if (await folders.RecordOfAsync(Folder, cancellationToken).ConfigureAwait(false) is null)
                await folders.WriteRecordAsync(Folder, Record(context.Time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
            return;
        }

        var staging = paths.Staging(context.OperationId);
        await files.DeleteAsync(staging, cancellationToken).ConfigureAwait(false);
        await files.CreateFolderAsync(paths.Releases, HostModes.OpenFolder, cancellationToken).ConfigureAwait(false);
        context.Tell($"Copying {Input(ServiceSteps.From)}");
        await files.CopyFolderAsync(Input(ServiceSteps.From), staging, cancellationToken).ConfigureAwait(false);
        await VerifyAsync(staging, cancellationToken).ConfigureAwait(false);

        // The record first: a release folder without one would be taken for one that somebody put there by hand.
        await folders.WriteRecordAsync(Folder, Record(context.Time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        await files.RenameAsync(staging, Folder, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A whole release harms nobody and saves the next attempt its copy: only what is half there goes.</summary>
    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        await files.DeleteAsync(paths.Staging(context.OperationId), cancellationToken).ConfigureAwait(false);
        await folders.SweepRecordsAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsStagedAsync(CancellationToken cancellationToken)
    {
        if (!await folders.ExistsAsync(Folder, cancellationToken).ConfigureAwait(false))
            return false;
        await VerifyAsync(Folder, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task VerifyAsync(string folder, CancellationToken cancellationToken)
    {
        var content = await FolderDigest.ComputeAsync(files, folder, cancellationToken).ConfigureAwait(false);
        var expected = Input(ServiceSteps.Digest);
        if (content.Digest != expected)
        {
            throw new AppException(
                ErrorIds.DigestMismatch,
                $"{folder} has the digest {content.Digest}, but release {Input(ServiceSteps.Version)} was resolved to {expected}: it was changed since, or damaged on the way.",
                Input(ServiceSteps.From));
        }
    }

    private ReleaseRecord Record(DateTimeOffset now) => new()
    {
        Version = Input(ServiceSteps.Version),
        Tag = Input(ServiceSteps.Tag),
        Source = Input(ServiceSteps.Source),
        Digest = Input(ServiceSteps.Digest),
        StagedAt = now,
    };
}
