using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>
/// Builds the images of a commit in a tree of its own, and gives them names of their own: the names that Compose asks for go on meaning what runs. The
/// build cache stays.
/// </summary>
internal sealed class BuildStep(PlannedStep planned, ComposeProject project, GitRepository repository) : ComposeStep(planned, project)
{
    private string Digest => Input(StepInputs.Digest);

    private string Commit => GitDigest.CommitOf(Digest) ?? throw new AppException(ErrorIds.PlanDamaged, $"Step {Planned.Id} names no commit.", Planned.Id);

    private IReadOnlyList<string> Images => [.. Services.Select(s => s.BuiltAs).OfType<string>().Distinct()];

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var built = Recorded<Dictionary<string, string>>(context.Outputs, StepOutputs.Images);
        foreach (var image in Images)
        {
            if (!built.TryGetValue(image, out var id) || await Docker.InspectImageAsync(id, cancellationToken).ConfigureAwait(false) is null)
                return StepState.NotDone;
        }

        await Run(context).EndAllAsync(cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var run = Run(context);
        if (!await run.IsBegunAsync(cancellationToken).ConfigureAwait(false))
        {
            await run.BeginAsync(cancellationToken).ConfigureAwait(false);
            context.Tell($"Fetching commit {Commit} of {repository.Name}");
            await repository.CheckOutAsync(Commit, Project.Builds.Tree, fresh: false, cancellationToken).ConfigureAwait(false);
            await run.WriteAsync(await MakeFileAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }

        await run.RunAsync(Project.Builds.Log(Input(StepInputs.Version)), text => context.Tell(text), cancellationToken).ConfigureAwait(false);
        var ids = new Dictionary<string, string>();
        foreach (var image in Images)
        {
            var found = await Docker.InspectImageAsync(image, cancellationToken).ConfigureAwait(false);
            if (found?.Config?.Labels?.GetValueOrDefault(ContainerLabels.BuiltDigest) != Digest)
                throw new AppException(ErrorIds.BuildOutputMissing, $"The build of commit {Commit} ended well, yet the engine has no image {image} of that commit.", image);
            ids[image] = found.Id;
        }

        await context.RecordAsync(StepOutputs.Images, EngineJson.Write(ids), cancellationToken).ConfigureAwait(false);
        await run.EndAllAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What was built harms nobody and saves the next attempt its time: what still builds is ended. The tree stays.</summary>
    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken) => Run(context).EndAllAsync(cancellationToken);

    private async Task<byte[]> MakeFileAsync(CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, string> { ["UPGRADEOPS_VERSION"] = Input(StepInputs.Version), ["UPGRADEOPS_COMMIT"] = Commit };
        var files = Read<List<CommitFile>>(Input(StepInputs.CommitFiles)).Select(f => f.Taken ? HostPath.Join(Project.Builds.Tree, f.Source!) : f.Path);
        var json = await Project.CommandWith([.. files]).ReadForBuildAsync(variables, cancellationToken).ConfigureAwait(false);
        return BuildFile.Make(json, Project.Compose, Project.Builds.Tree, Services.Where(s => s.BuiltAs is not null).ToDictionary(s => s.Name, s => s.BuiltAs!), new Dictionary<string, string>
        {
            [ContainerLabels.BuiltDigest] = Digest,
            [ContainerLabels.BuiltVersion] = Input(StepInputs.Version),
            [ContainerLabels.BuiltTag] = Input(StepInputs.Tag),
            [ContainerLabels.BuiltSource] = Input(StepInputs.Source),
            [ContainerLabels.ImageRevision] = Commit,
        });
    }

    private ComposeBuild Run(StepContext context) => new(Project, Input(StepInputs.Project), context.OperationId);
}
