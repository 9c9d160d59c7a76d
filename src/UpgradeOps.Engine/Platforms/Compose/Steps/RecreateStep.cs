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

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var found = await SettleAsync(cancellationToken).ConfigureAwait(false);
        var half = Unrecorded(found, context).Count > 0;
        if (half || !await IsReplacedAsync(found, cancellationToken).ConfigureAwait(false))
        {
            // A Compose that was killed may have left containers without all their networks: they are replaced once more.
            var scale = Services.ToDictionary(s => s.Name, s => s.Count);
            await Project.Command.CreateAsync(scale, half ? CreateMode.ReplaceAll : CreateMode.Replace, Input(StepInputs.Value), cancellationToken).ConfigureAwait(false);
            found = await SettleAsync(cancellationToken).ConfigureAwait(false);
        }

        await AdoptAsync(found, context, cancellationToken).ConfigureAwait(false);
    }

    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken) => SettleAsync(cancellationToken);

    private async Task<bool> IsReplacedAsync(IReadOnlyList<ContainerDetails> found, CancellationToken cancellationToken) =>
        IsWhole(found) && (await Project.Containers.InspectAsync(Services.SelectMany(s => s.Old), cancellationToken).ConfigureAwait(false)).Count == 0;

    /// <summary>
    /// Compose makes the new container under a passing name, the old one's id and name, then removes the old one, then renames the new. A
    /// Compose that was killed on the way leaves two, which the next one does not understand: this goes back to one or on to the other.
    /// </summary>
    /// <returns>The new containers.</returns>
    private async Task<IReadOnlyList<ContainerDetails>> SettleAsync(CancellationToken cancellationToken)
    {
        var old = (await Project.Containers.InspectAsync(Services.SelectMany(s => s.Old), cancellationToken).ConfigureAwait(false)).Select(c => c.Id).ToHashSet();
        foreach (var container in await FindNewAsync(cancellationToken).ConfigureAwait(false))
        {
            var replaced = Services.SelectMany(s => s.Old).FirstOrDefault(id => container.DisplayName.StartsWith(id[..12] + "_", StringComparison.Ordinal));
            if (replaced is null)
                continue;
            if (old.Contains(replaced))
                await Docker.RemoveContainerAsync(container.Id, withVolumes: false, cancellationToken).ConfigureAwait(false);
            else
                await Docker.RenameContainerAsync(container.Id, container.DisplayName[(replaced[..12].Length + 1)..], cancellationToken).ConfigureAwait(false);
        }

        return await FindNewAsync(cancellationToken).ConfigureAwait(false);
    }
}
