using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>The new version is kept: the old containers go, their image and volumes stay; holds of still older images go.</summary>
internal sealed class KeepStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    private const int KeptLogs = 5;

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
        await ForgetBuiltAsync(cancellationToken).ConfigureAwait(false);
        await TellOfEditsAsync(context, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Images of older commits lose their names, and go with the last one; what runs and what is held stays.</summary>
    private async Task ForgetBuiltAsync(CancellationToken cancellationToken)
    {
        if (Project.Compose.Build is null)
            return;
        var containers = await Project.Containers.FindAsync(Input(StepInputs.Project), Services.Select(s => s.Name), cancellationToken).ConfigureAwait(false);
        var held = (await Holds.FindAsync(Project, cancellationToken).ConfigureAwait(false)).Select(h => h.Image);
        var kept = containers.Select(c => c.Image).Concat(held).ToHashSet();
        foreach (var repository in Services.Select(s => s.Repository).Distinct())
        {
            var images = await Docker.ListImagesAsync(BuiltImages.Pattern(repository), cancellationToken).ConfigureAwait(false);
            foreach (var name in images.Where(i => !kept.Contains(i.Id)).SelectMany(i => i.RepoTags ?? []).Where(n => BuiltImages.IsOne(n, repository)))
                await RemoveAsync(name, cancellationToken).ConfigureAwait(false);
        }

        var logs = await Project.Host.Files.ListAsync(Project.Builds.Logs, cancellationToken).ConfigureAwait(false);
        foreach (var log in logs.OrderByDescending(f => f.ModifiedAt).Skip(KeptLogs))
            await Project.Host.Files.DeleteAsync(log.Path, cancellationToken).ConfigureAwait(false);
    }

    private async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await Docker.RemoveImageAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.EngineFailed)
        {
            // Somebody's container uses it: it is theirs now.
        }
    }

    private async Task<IEnumerable<ImageHold>> SurplusAsync(CancellationToken cancellationToken)
    {
        var kept = Services.Select(s => s.OldImage).ToHashSet();
        return (await Holds.FindAsync(Project, cancellationToken).ConfigureAwait(false)).Where(h => !kept.Contains(h.Image));
    }
}
