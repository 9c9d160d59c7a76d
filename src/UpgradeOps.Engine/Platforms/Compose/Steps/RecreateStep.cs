using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>
/// The way for services that cannot have a second container beside the first: a fixed name, or anonymous volumes that the new one must
/// inherit. Compose replaces the stopped old containers. They are gone then; going back, <see cref="RememberStep"/> has Compose replace
/// the new ones in the same way, with the recorded image and files.
/// </summary>
internal sealed class RecreateStep(PlannedStep planned, ComposeProject project) : MakingStep(planned, project)
{
    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var found = await FindNewAsync(cancellationToken).ConfigureAwait(false);
        return await IsReplacedAsync(found, cancellationToken).ConfigureAwait(false) && IsAdopted(found, context) ? StepState.Done : StepState.NotDone;
    }

    public override Task DoAsync(StepContext context, CancellationToken cancellationToken) => TwiceAsync(() => MakeAsync(context, cancellationToken));

    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken) => FinishReplacingAsync(cancellationToken);

    private async Task<bool> IsReplacedAsync(IReadOnlyList<ContainerDetails> found, CancellationToken cancellationToken) =>
        IsWhole(found) && (await Project.Containers.InspectAsync(Services.SelectMany(s => s.Old), cancellationToken).ConfigureAwait(false)).Count == 0;

    /// <returns>The new containers, and whether some of them were half made.</returns>
    private async Task<(IReadOnlyList<ContainerDetails> Found, bool Half)> SettleAsync(CancellationToken cancellationToken)
    {
        var half = await FinishReplacingAsync(cancellationToken).ConfigureAwait(false);
        return (await FindNewAsync(cancellationToken).ConfigureAwait(false), half);
    }

    private async Task MakeAsync(StepContext context, CancellationToken cancellationToken) =>
        await AdoptAsync(await UntilConnectedAsync(() => MakeOnceAsync(context, cancellationToken)).ConfigureAwait(false), context, cancellationToken).ConfigureAwait(false);

    private async Task<IReadOnlyList<ContainerDetails>> MakeOnceAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (found, half) = await SettleAsync(cancellationToken).ConfigureAwait(false);
        half |= Unrecorded(found, context).Count > 0;
        if (half || !await IsReplacedAsync(found, cancellationToken).ConfigureAwait(false))
        {
            // A Compose that was killed may have left containers without all their networks: they are replaced once more.
            await RequireUneditedAsync(context, cancellationToken).ConfigureAwait(false);
            var scale = Services.ToDictionary(s => s.Name, s => s.Count);
            await Project.Command.CreateAsync(scale, half ? CreateMode.ReplaceAll : CreateMode.Replace, Input(StepInputs.Value), cancellationToken).ConfigureAwait(false);
            (found, _) = await SettleAsync(cancellationToken).ConfigureAwait(false);
        }

        return found;
    }
}
