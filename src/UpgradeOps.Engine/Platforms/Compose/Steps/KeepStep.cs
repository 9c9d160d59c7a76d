using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>The new version is kept: the old containers go, their image and volumes stay; holds of still older images go.</summary>
internal sealed class KeepStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        (await Project.Containers.InspectAsync(Services.SelectMany(s => s.Old), cancellationToken).ConfigureAwait(false)).Count == 0
        && !(await SurplusAsync(cancellationToken).ConfigureAwait(false)).Any()
            ? StepState.Done
            : StepState.NotDone;

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var old in await Project.Containers.InspectAsync(Services.SelectMany(s => s.Old), cancellationToken).ConfigureAwait(false))
            await Docker.RemoveContainerAsync(old.Id, withVolumes: false, cancellationToken).ConfigureAwait(false);
        foreach (var hold in await SurplusAsync(cancellationToken).ConfigureAwait(false))
            await Docker.RemoveContainerAsync(hold.ContainerId, withVolumes: true, cancellationToken).ConfigureAwait(false);
        await TellOfEditsAsync(context, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IEnumerable<ImageHold>> SurplusAsync(CancellationToken cancellationToken)
    {
        var kept = Services.Select(s => s.OldImage).ToHashSet();
        return (await Holds.FindAsync(Project, cancellationToken).ConfigureAwait(false)).Where(h => !kept.Contains(h.Image));
    }
}
