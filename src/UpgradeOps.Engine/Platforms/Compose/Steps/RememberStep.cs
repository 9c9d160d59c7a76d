using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms.Compose.Mounts;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>
/// The first step, and so the last one to be undone. Forward it only makes sure that what the plan was made for is still there. Back it
/// makes sure that what ran before runs: the old containers, or, where they are gone, new ones from the recorded image and files.
/// </summary>
internal sealed class RememberStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var known = Services.SelectMany(s => s.Old).ToHashSet();
        var there = await Project.Containers.FindAsync(Input(StepInputs.Project), Services.Select(s => s.Name), cancellationToken).ConfigureAwait(false);
        if (!known.SetEquals(there.Select(c => c.Id)))
        {
            throw new AppException(
                ErrorIds.PlanStale,
                $"Containers of {string.Join(", ", Services.Select(s => s.Name))} were made or removed after the plan was made.",
                Project.Definition.Name);
        }

        await MountsStep.RequireUneditedAsync(Project, Read<List<MountChange>>(OptionalInput(StepInputs.Mounts) ?? "[]"), cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var half = await FinishReplacingAsync(cancellationToken).ConfigureAwait(false);
        foreach (var service in MovedService.InStartOrder(Services).Where(s => s.Running.Count > 0))
        {
            var old = await Project.Containers.InspectAsync(service.Running, cancellationToken).ConfigureAwait(false);
            if (old.Count < service.Running.Count)
                old = await MakeAgainAsync(service, half, context, cancellationToken).ConfigureAwait(false);
            await StartOldAsync(context, old.Where(c => !c.State.Running), cancellationToken).ConfigureAwait(false);
        }

        await TellOfEditsAsync(context, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Somebody's prune may have taken the image along with the hold and the stopped containers; the registry still has it by its digest.</summary>
    private async Task FetchOldAsync(MovedService service, StepContext context, CancellationToken cancellationToken)
    {
        if (service is not { OldImage: { } image, OldDigest: { } digest, OldReference: { } reference }
            || await Docker.InspectImageAsync(image, cancellationToken).ConfigureAwait(false) is not null)
        {
            return;
        }

        var repository = ImageIdentity.RepositoryOf(reference);
        context.Tell($"The image of {service.Name} was removed by somebody: fetching {repository}@{digest} again");
        var auth = await Project.CredentialsAsync(repository, cancellationToken).ConfigureAwait(false);
        await Docker.PullImageAsync(repository, digest, auth, (done, total) => context.Tell($"Pulling {repository}", done, total), TimeSpan.FromMinutes(5), cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<ContainerDetails>> MakeAgainAsync(MovedService service, bool half, StepContext context, CancellationToken cancellationToken)
    {
        await FetchOldAsync(service, context, cancellationToken).ConfigureAwait(false);
        context.Tell($"Making the containers of {service.Name} again from {service.OldReference}");
        if (service is { OldImage: { } image, OldReference: { } reference } && ImageIdentity.TagOf(reference) is { } tag)
        {
            if ((await Docker.InspectImageAsync(reference, cancellationToken).ConfigureAwait(false))?.Id != image)
                await Docker.TagImageAsync(image, ImageIdentity.RepositoryOf(reference), tag, cancellationToken).ConfigureAwait(false);
        }

        var there = await Project.Containers.FindAsync(Input(StepInputs.Project), [service.Name], cancellationToken).ConfigureAwait(false);
        var mode = !there.Any(c => !service.Old.Contains(c.Id)) ? CreateMode.Beside : half ? CreateMode.ReplaceAll : CreateMode.Replace;
        var made = await MakeOldAsync(service, mode, cancellationToken).ConfigureAwait(false);
        if (made.Any(c => Connections.Missing(c, service.OldNetworks).Count > 0))
            made = await MakeOldAsync(service, CreateMode.ReplaceAll, cancellationToken).ConfigureAwait(false);
        foreach (var wrong in made.Where(c => service.OldImage is not null && c.Image != service.OldImage))
        {
            throw new AppException(
                ErrorIds.ComposeCommandFailed,
                $"Compose made {wrong.DisplayName} from {wrong.Image}, not from {service.OldImage}, which ran before.",
                wrong.DisplayName);
        }

        return made;
    }

    private async Task<IReadOnlyList<ContainerDetails>> MakeOldAsync(MovedService service, CreateMode mode, CancellationToken cancellationToken)
    {
        var scale = new Dictionary<string, int> { [service.Name] = service.Running.Count };
        await Project.Command.CreateAsync(scale, mode, Input(StepInputs.OldValue), cancellationToken).ConfigureAwait(false);
        return await Project.Containers.FindAsync(Input(StepInputs.Project), [service.Name], cancellationToken).ConfigureAwait(false);
    }
}
