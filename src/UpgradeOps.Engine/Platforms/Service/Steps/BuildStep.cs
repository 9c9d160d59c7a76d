using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Service.Builds;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Service.Steps;

/// <summary>
/// Builds a commit in a tree of its own, copies what was made beside the other releases under a name that is none, and gives it its name at once. Nothing
/// that runs is touched.
/// </summary>
internal sealed class BuildStep(PlannedStep planned, IHost host, ServicePaths paths, ReleaseFolders folders, GitRepository repository, BuildDefinition build) : Step(planned)
{
    private string Folder => Input(ServiceSteps.Folder);

    private string Commit => GitDigest.CommitOf(Input(ServiceSteps.Digest))
        ?? throw new AppException(ErrorIds.PlanDamaged, $"Step {Planned.Id} names no commit.", Planned.Id);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!await IsMadeAsync(cancellationToken).ConfigureAwait(false))
            return StepState.NotDone;
        await Run(context).EndAllAsync(cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await IsMadeAsync(cancellationToken).ConfigureAwait(false))
            return;
        if (await folders.ExistsAsync(Folder, cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.DigestMismatch, $"{Folder} is there, but it is not what was built of commit {Commit}: it was changed since, or put there by hand.", Folder, "Move the folder away, then run the same command again.");
        if (build.Hash() != Input(ServiceSteps.Build))
            throw new AppException(ErrorIds.PlanStale, "platform.service.build was changed since this plan was made.", Planned.Id);

        var run = Run(context);
        if (!await run.IsBegunAsync(cancellationToken).ConfigureAwait(false))
        {
            await run.BeginAsync(cancellationToken).ConfigureAwait(false);
            context.Tell($"Fetching commit {Commit} of {repository.Name}");
            await repository.CheckOutAsync(Commit, paths.Tree, build.Fresh, cancellationToken).ConfigureAwait(false);
        }

        var variables = new Dictionary<string, string> { ["UPGRADEOPS_VERSION"] = Input(ServiceSteps.Version), ["UPGRADEOPS_COMMIT"] = Commit };
        await run.RunAsync(variables, paths.BuildLog(HostPath.Name(Folder)), text => context.Tell(text), cancellationToken).ConfigureAwait(false);
        await StageAsync(context, cancellationToken).ConfigureAwait(false);
        await run.EndAllAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A whole release harms nobody and saves the next attempt its build: what is half there goes, and what still builds is ended. The tree stays, for its caches.</summary>
    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        await Run(context).EndAllAsync(cancellationToken).ConfigureAwait(false);
        await repository.DiscardAsync(paths.Staging(context.OperationId), cancellationToken).ConfigureAwait(false);
        await folders.SweepRecordsAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task StageAsync(StepContext context, CancellationToken cancellationToken)
    {
        var staging = paths.Staging(context.OperationId);
        await host.Files.CreateFolderAsync(paths.Releases, HostModes.OpenFolder, cancellationToken).ConfigureAwait(false);
        context.Tell("Copying what was built");
        var parts = build.Copy.SelectMany(c => new[] { c.From.TrimEnd('/'), c.To, c.Mode ?? "" });
        var copied = await host.RunAsync(BuildScripts.Copy(paths.SourceLock, paths.Tree, staging, build.Owner, parts), cancellationToken).ConfigureAwait(false);
        if (copied.ExitCode == BuildScripts.NotMade)
            throw new AppException(ErrorIds.BuildOutputMissing, $"The build of commit {Commit} made no {copied.Error.Trim()}, which platform.service.build.copy names; its log is {paths.BuildLog(HostPath.Name(Folder))} on {host.Address}.", copied.Error.Trim());
        if (copied.ExitCode == BuildScripts.LedElsewhere)
            throw new AppException(
                ErrorIds.HostFileFailed, $"What was built of commit {Commit} is not copied: {GitText.Line(copied.Error.Trim())} Nothing is read or written through it.", staging, "Correct platform.service.build.copy in the definition, or the build.");
        if (!copied.Succeeded)
            throw new AppException(copied.Error.Contains("No space left", StringComparison.Ordinal) ? ErrorIds.DiskTooFull : ErrorIds.HostFileFailed, $"What was built of commit {Commit} cannot be copied to {staging}: {GitText.Line(copied.Error.Trim())}", staging);

        // The record first: a release folder without one would be taken for one that somebody put there by hand.
        var content = await FolderDigest.ComputeAsync(host.Files, staging, cancellationToken).ConfigureAwait(false);
        var record = new ReleaseRecord
        {
            Version = Input(ServiceSteps.Version),
            Tag = Input(ServiceSteps.Tag),
            Source = Input(ServiceSteps.Source),
            Digest = Input(ServiceSteps.Digest),
            Content = content.Digest,
            Build = Input(ServiceSteps.Build),
            StagedAt = context.Time.GetUtcNow(),
        };
        await folders.WriteRecordAsync(Folder, record, cancellationToken).ConfigureAwait(false);
        await host.Files.RenameAsync(staging, Folder, cancellationToken).ConfigureAwait(false);
    }

    private Task<bool> IsMadeAsync(CancellationToken cancellationToken) =>
        folders.HoldsAsync(Folder, Input(ServiceSteps.Digest), cancellationToken, Input(ServiceSteps.Build));

    private BuildRun Run(StepContext context) => new(host, paths, build, context.OperationId, context.Time);
}
