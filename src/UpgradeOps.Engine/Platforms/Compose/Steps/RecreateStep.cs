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
        var found = await FindNewAsync(cancellationToken).ConfigureAwait(false);
        if (!await IsReplacedAsync(found, cancellationToken).ConfigureAwait(false))
        {
            var scale = Services.ToDictionary(s => s.Name, s => s.Count);
            await Project.Command.CreateAsync(scale, recreate: true, Input(StepInputs.Value), cancellationToken).ConfigureAwait(false);
            found = await FindNewAsync(cancellationToken).ConfigureAwait(false);
        }

        await NameAsync(found, cancellationToken).ConfigureAwait(false);
        await AdoptAsync(found, context, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsReplacedAsync(IReadOnlyList<ContainerDetails> found, CancellationToken cancellationToken) =>
        IsWhole(found) && (await Project.Containers.InspectAsync(Services.SelectMany(s => s.Old), cancellationToken).ConfigureAwait(false)).Count == 0;

    /// <summary>A Compose that was killed in the middle leaves the new container under a passing name: the old one's id and name.</summary>
    private async Task NameAsync(IReadOnlyList<ContainerDetails> found, CancellationToken cancellationToken)
    {
        var old = Services.SelectMany(s => s.Old).Select(id => id[..12] + "_").ToList();
        foreach (var container in found)
        {
            if (old.Find(p => container.DisplayName.StartsWith(p, StringComparison.Ordinal)) is { } prefix)
                await Docker.RenameContainerAsync(container.Id, container.DisplayName[prefix.Length..], cancellationToken).ConfigureAwait(false);
        }
    }
}
