using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Service.Steps;

/// <summary>Writes a commit's files beside the other releases under a name that is none, and gives them their name at once.</summary>
internal sealed class ExportStep(PlannedStep planned, ServicePaths paths, ReleaseFolders folders, GitRepository? repository, IHostFiles files) : Step(planned)
{
    private string Folder => Input(ServiceSteps.Folder);

    private string Commit => GitDigest.CommitOf(Input(ServiceSteps.Digest))
        ?? throw new AppException(ErrorIds.PlanDamaged, $"Step {Planned.Id} names no commit.", Planned.Id);

    private GitRepository Repository => repository ?? throw new AppException(ErrorIds.PlanDamaged, $"Step {Planned.Id} needs a git repository, and the definition names none.", Planned.Id);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        await folders.HoldsAsync(Folder, Input(ServiceSteps.Digest), cancellationToken).ConfigureAwait(false) ? StepState.Done : StepState.NotDone;

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await folders.HoldsAsync(Folder, Input(ServiceSteps.Digest), cancellationToken).ConfigureAwait(false))
            return;
        if (await folders.ExistsAsync(Folder, cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.DigestMismatch, $"{Folder} is there, but it is not what was made of commit {Commit}: it was changed since, or put there by hand.", Folder, "Move the folder away, then run the same command again.");

        var staging = paths.Staging(context.OperationId);
        await files.CreateFolderAsync(paths.Releases, HostModes.OpenFolder, cancellationToken).ConfigureAwait(false);
        context.Tell($"Fetching commit {Commit} of {Repository.Name}");
        await Repository.ExportAsync(Commit, staging, cancellationToken).ConfigureAwait(false);
        var content = await FolderDigest.ComputeAsync(files, staging, cancellationToken).ConfigureAwait(false);

        // The record first: a release folder without one would be taken for one that somebody put there by hand.
        var record = new ReleaseRecord
        {
            Version = Input(ServiceSteps.Version),
            Tag = Input(ServiceSteps.Tag),
            Source = Input(ServiceSteps.Source),
            Digest = Input(ServiceSteps.Digest),
            Content = content.Digest,
            StagedAt = context.Time.GetUtcNow(),
        };
        await folders.WriteRecordAsync(Folder, record, cancellationToken).ConfigureAwait(false);
        await files.RenameAsync(staging, Folder, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A whole release harms nobody and saves the next attempt its making: only what is half there goes.</summary>
    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        await Repository.DiscardAsync(paths.Staging(context.OperationId), cancellationToken).ConfigureAwait(false);
        await folders.SweepRecordsAsync(cancellationToken).ConfigureAwait(false);
    }
}
