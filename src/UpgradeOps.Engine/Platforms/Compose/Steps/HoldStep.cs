using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>
/// Holds images against <c>docker image prune -a</c>, which spares what a container uses: for each a container that is made and never
/// started. The old image's hold outlives the update, so that it can be undone weeks later; the new one's lives until it runs.
/// </summary>
internal sealed class HoldStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var held = (await Holds.FindAsync(Project, cancellationToken).ConfigureAwait(false)).Select(h => h.Image).ToHashSet();
        return Wanted(context).All(held.Contains) ? StepState.Done : StepState.NotDone;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var standing = await Holds.FindAsync(Project, cancellationToken).ConfigureAwait(false);
        // On record before the first is made: one that nobody could write down any more is then known to be ours.
        if (!context.Outputs.ContainsKey(StepOutputs.Standing))
            await context.RecordAsync(StepOutputs.Standing, EngineJson.Write(standing.Select(h => h.ContainerId).ToList()), cancellationToken).ConfigureAwait(false);
        foreach (var image in Wanted(context).Except(standing.Select(h => h.Image)))
            await Holds.MakeAsync(Project, image, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Outputs.ContainsKey(StepOutputs.Standing))
            return;
        var standing = Recorded<List<string>>(context.Outputs, StepOutputs.Standing);
        foreach (var hold in (await Holds.FindAsync(Project, cancellationToken).ConfigureAwait(false)).Where(h => !standing.Contains(h.ContainerId)))
            await Docker.RemoveContainerAsync(hold.ContainerId, withVolumes: true, cancellationToken).ConfigureAwait(false);
    }

    private HashSet<string> Wanted(StepContext context) => Services
        .Select(s => s.OldImage)
        .Concat(Services.Select(s => ImageOf(s, context)))
        .OfType<string>()
        .ToHashSet();
}

/// <summary>The holds of one application.</summary>
internal static class Holds
{
    public static async Task<IReadOnlyList<ImageHold>> FindAsync(ComposeProject project, CancellationToken cancellationToken)
    {
        var found = await project.Docker.ListContainersAsync([$"{ContainerLabels.HoldApp}={project.Definition.Name}", ContainerLabels.Hold], cancellationToken).ConfigureAwait(false);
        return found.Select(c => new ImageHold(c.Id, c.Labels[ContainerLabels.Hold])).ToList();
    }

    public static Task<string> MakeAsync(ComposeProject project, string image, CancellationToken cancellationToken) =>
        project.Docker.CreateContainerAsync(null, new ContainerSpec
        {
            Image = image,
            // Never run: an image may have no command of its own, and then the engine asks for one.
            Entrypoint = ["upgradeops-hold"],
            Cmd = [],
            // An image that Compose built says of which service it is: the hold is none of its containers.
            Labels = new Dictionary<string, string>
            {
                [ContainerLabels.HoldApp] = project.Definition.Name,
                [ContainerLabels.Hold] = image,
                [ContainerLabels.Project] = "",
                [ContainerLabels.Service] = "",
            },
            HostConfig = new ContainerHostSpec { NetworkMode = "none" },
        }, cancellationToken);
}

/// <param name="Image">The id of the image that is held.</param>
internal sealed record ImageHold(string ContainerId, string Image);
