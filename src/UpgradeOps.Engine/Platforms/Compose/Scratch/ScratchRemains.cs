using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose.Scratch;

/// <summary>All that the engine has of a copy, found by its labels. Reads no compose file: it is removed whatever became of that.</summary>
internal sealed class ScratchRemains(ComposeProject project, ScratchNames names)
{
    private const string Temporary = "upgradeops.temporary";

    /// <summary>The copy's containers, without those that only hold an image, in the order in which they were made.</summary>
    public async Task<IReadOnlyList<ContainerDetails>> ContainersAsync(CancellationToken cancellationToken)
    {
        var found = await project.Docker.ListContainersAsync([names.Filter], cancellationToken).ConfigureAwait(false);
        var all = await project.Containers.InspectAsync(found.Where(c => !c.Labels.ContainsKey(ContainerLabels.Hold)).Select(c => c.Id), cancellationToken).ConfigureAwait(false);
        return [.. all.OrderBy(c => c.Created, StringComparer.Ordinal)];
    }

    /// <summary>Containers first, then the volumes that they used. Nothing happens when there is nothing.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await LeftCommands.EndAsync(project.Host, names.Prefix, whole: false, cancellationToken).ConfigureAwait(false);
        // Once more: the engine may only just finish what a command asked of it that was ended meanwhile.
        while (await project.Docker.ListContainersAsync([names.Filter], cancellationToken).ConfigureAwait(false) is { Count: > 0 } left)
        {
            foreach (var container in left)
                await project.Docker.RemoveContainerAsync(container.Id, withVolumes: true, cancellationToken).ConfigureAwait(false);
        }

        foreach (var volume in await project.Docker.ListVolumesAsync([names.Filter], cancellationToken).ConfigureAwait(false))
        {
            foreach (var user in (await project.Docker.ListContainersByVolumeAsync(volume.Name, cancellationToken).ConfigureAwait(false)).Where(c => c.Labels.ContainsKey(Temporary)))
                await project.Docker.RemoveContainerAsync(user.Id, withVolumes: true, cancellationToken).ConfigureAwait(false);
            await project.Docker.RemoveVolumeAsync(volume.Name, cancellationToken).ConfigureAwait(false);
        }
    }
}
