using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>Makes the new containers beside the old ones, which go on serving. Undone, exactly the new ones are removed.</summary>
internal sealed class CreateStep(PlannedStep planned, ComposeProject project) : MakingStep(planned, project)
{
    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var found = await FindNewAsync(cancellationToken).ConfigureAwait(false);
        return IsWhole(found) && IsAdopted(found, context) ? StepState.Done : StepState.NotDone;
    }

    public override Task DoAsync(StepContext context, CancellationToken cancellationToken) => TwiceAsync(() => MakeAsync(context, cancellationToken));

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        // Their volumes stay: whatever the new version wrote is nobody's to throw away here.
        foreach (var container in await FindNewAsync(cancellationToken).ConfigureAwait(false))
            await Docker.RemoveContainerAsync(container.Id, withVolumes: false, cancellationToken).ConfigureAwait(false);
    }

    private async Task MakeAsync(StepContext context, CancellationToken cancellationToken) =>
        await AdoptAsync(await UntilConnectedAsync(() => MakeOnceAsync(context, cancellationToken)).ConfigureAwait(false), context, cancellationToken).ConfigureAwait(false);

    private async Task<IReadOnlyList<ContainerDetails>> MakeOnceAsync(StepContext context, CancellationToken cancellationToken)
    {
        // A Compose that was killed may have left containers without all their networks: what nobody recorded is made again.
        foreach (var half in Unrecorded(await FindNewAsync(cancellationToken).ConfigureAwait(false), context))
            await Docker.RemoveContainerAsync(half.Id, withVolumes: false, cancellationToken).ConfigureAwait(false);

        var found = await FindNewAsync(cancellationToken).ConfigureAwait(false);
        if (!IsWhole(found))
        {
            await RequireUneditedAsync(context, cancellationToken).ConfigureAwait(false);
            var scale = Services.ToDictionary(s => s.Name, s => s.Old.Count + s.Count);
            await Project.Command.CreateAsync(scale, CreateMode.Beside, Input(StepInputs.Value), cancellationToken).ConfigureAwait(false);
            await RequireUneditedAsync(context, cancellationToken).ConfigureAwait(false);
            found = await FindNewAsync(cancellationToken).ConfigureAwait(false);
        }

        return found;
    }
}
