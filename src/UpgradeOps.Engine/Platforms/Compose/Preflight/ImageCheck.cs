using System.Globalization;
using UpgradeOps.Engine.Platforms.Compose.Planning;

namespace UpgradeOps.Engine.Platforms.Compose.Preflight;

/// <summary>Whether the target's image can be had: room for a new one, presence of a recorded one.</summary>
internal sealed class ImageCheck(ComposeProject project, ComposeSnapshot snapshot)
{
    /// <summary>Layers arrive compressed and are unpacked beside that, to about two and a half times their size.</summary>
    private const double Unpacked = 3.5;

    public Task<IReadOnlyList<Finding>> RunAsync(PlatformTarget target, CancellationToken cancellationToken) =>
        target.IsRecorded ? CheckRecordedAsync(target, cancellationToken) : CheckRoomAsync(target.Release, cancellationToken);

    private async Task<IReadOnlyList<Finding>> CheckRecordedAsync(PlatformTarget target, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var services = await new MovePlanner(project, snapshot, snapshot.Value ?? "").RunAsync(target, cancellationToken).ConfigureAwait(false);
        foreach (var service in services.Where(s => s.Image is not null).DistinctBy(s => s.Image))
        {
            if (await project.Docker.InspectImageAsync(service.Image!, cancellationToken).ConfigureAwait(false) is not null)
                continue;
            var again = project.Compose.Build is not null
                ? $"Invoke-AppUpdate {project.Definition.Name} -Version {target.Release.Version} -Force builds it again."
                : target.Release.Digest is { } digest && service.Name == snapshot.Service.Name
                ? $"docker pull {service.Repository}@{digest} fetches it, while the registry still has it."
                : null;
            findings.Add(Findings.Blocker(
                ErrorIds.ImageNotFound,
                service.Image!,
                $"The recorded image of {service.Name} ({service.Reference}) is no longer on this machine: something removed it in spite of its hold.",
                again));
        }

        return findings;
    }

    private async Task<IReadOnlyList<Finding>> CheckRoomAsync(Release release, CancellationToken cancellationToken)
    {
        if (release.SizeBytes is not { } size || snapshot.Service.Template is not { } template)
            return [];
        if (await project.Docker.InspectImageAsync($"{template.Repository}@{release.Digest}", cancellationToken).ConfigureAwait(false) is not null)
            return [];
        var root = (await project.Docker.GetInfoAsync(cancellationToken).ConfigureAwait(false)).DockerRootDir;
        if (await project.Host.Files.StatAsync(root, cancellationToken).ConfigureAwait(false) is null)
            return [];
        var free = await project.Host.Files.FreeSpaceAsync(root, cancellationToken).ConfigureAwait(false);
        if (free >= size * Unpacked)
            return [];
        var message = string.Create(
            CultureInfo.InvariantCulture, $"{release.Source}:{release.Tag} takes {size / 1e6:0} MB to fetch and about {size * Unpacked / 1e6:0} MB until it is unpacked; {free / 1e6:0} MB are free at {root}.");
        return [free < size ? Findings.Blocker(ErrorIds.DiskTooFull, root, message) : Findings.Warning(ErrorIds.DiskTooFull, root, message)];
    }
}
