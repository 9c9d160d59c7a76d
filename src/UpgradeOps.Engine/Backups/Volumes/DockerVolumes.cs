using System.Formats.Tar;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Backups.Volumes;

/// <summary>
/// Docker volumes through the archive API of a container that is made for the purpose, never started, and removed. It needs an image
/// that is already here: the one of a container that uses the volume, or of any container of the application.
/// </summary>
/// <param name="docker">Not disposed.</param>
/// <param name="application">The application's name, for labels.</param>
/// <param name="composeFolder">Where the compose file stands; null without Compose.</param>
internal sealed class DockerVolumes(DockerClient docker, string application, string? composeFolder) : IVolumes
{
    private const string FolderLabel = "com.docker.compose.project.working_dir";
    private const string VolumeLabel = "com.docker.compose.volume";
    private const string TemporaryLabel = "upgradeops.temporary";

    /// <summary>A name that no image has, or its content would be copied into an empty volume. Archives begin with it.</summary>
    public const string MountName = "upgradeops-volume";

    private const string MountPath = "/" + MountName;

    public string Root => MountName;

    public async Task<string> ResolveAsync(string declared, CancellationToken cancellationToken)
    {
        foreach (var mount in await ProjectVolumesAsync(cancellationToken).ConfigureAwait(false))
        {
            var volume = await docker.InspectVolumeAsync(mount, cancellationToken).ConfigureAwait(false);
            if (volume?.Labels?.GetValueOrDefault(VolumeLabel) == declared)
                return volume.Name;
        }

        return (await docker.InspectVolumeAsync(declared, cancellationToken).ConfigureAwait(false))?.Name ?? throw new AppException(
            ErrorIds.BackupFailed,
            $"There is no volume '{declared}': none that a container of {composeFolder ?? application} uses has that name in the compose file, and Docker has none of that full name.",
            declared,
            "Correct backups: in the definition; docker volume ls lists the volumes.");
    }

    public async Task<bool> ExistsAsync(string volume, CancellationToken cancellationToken) =>
        await docker.InspectVolumeAsync(volume, cancellationToken).ConfigureAwait(false) is not null;

    public async Task<bool> IsWrittenToAsync(string volume, CancellationToken cancellationToken)
    {
        foreach (var container in await docker.ListContainersByVolumeAsync(volume, cancellationToken).ConfigureAwait(false))
        {
            if (container.State is not ("running" or "restarting"))
                continue;
            var details = await docker.InspectContainerAsync(container.Id, cancellationToken).ConfigureAwait(false);
            if (details?.Mounts?.Any(m => m.Name == volume && m.RW) == true)
                return true;
        }

        return false;
    }

    public async Task<long?> SizeAsync(string volume, CancellationToken cancellationToken)
    {
        // The engine itself would walk all volumes to tell; where its folder is at hand, only this one is walked.
        var details = await docker.InspectVolumeAsync(volume, cancellationToken).ConfigureAwait(false);
        try
        {
            return details is null || docker.Endpoint.IsElsewhere ? null : FolderSize.Of(details.Mountpoint, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public Task<string?> FolderAsync(string volume, CancellationToken cancellationToken) =>
        WithContainerAsync(volume, id => VolumeFolder.FindAsync(docker, volume, id, MountPath, cancellationToken), cancellationToken);

    public Task CreateAsync(string volume, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken) =>
        docker.CreateVolumeAsync(new VolumeSpec(volume, new Dictionary<string, string>(labels)), cancellationToken);

    public Task RemoveAsync(string volume, CancellationToken cancellationToken) => docker.RemoveVolumeAsync(volume, cancellationToken);

    public Task<ChangeNotes> ReadAsync(string volume, Stream tar, CancellationToken cancellationToken) =>
        WithContainerAsync(volume, id => ReadAsync(id, volume, tar, cancellationToken), cancellationToken);

    /// <summary>Unpacked at the container's root: an engine refuses links that lead out of the folder that it unpacks into, and a volume may have such.</summary>
    public Task WriteAsync(string volume, Stream tar, CancellationToken cancellationToken) =>
        WithContainerAsync(volume, id => docker.PutArchiveAsync(id, "/", tar, cancellationToken), cancellationToken);

    public Task EmptyAsync(string volume, CancellationToken cancellationToken) =>
        WithContainerAsync(volume, id => EmptyAsync(id, volume, cancellationToken), cancellationToken);

    private async Task<ChangeNotes> ReadAsync(string container, string volume, Stream tar, CancellationToken cancellationToken)
    {
        if (await VolumeFolder.FindAsync(docker, volume, container, MountPath, cancellationToken).ConfigureAwait(false) is not { } folder)
        {
            await docker.GetArchiveAsync(container, MountPath, tar, cancellationToken).ConfigureAwait(false);
            return new ChangeNotes();
        }

        var packer = new FolderPacker(folder, MountName + "/");
        await Gathered.WriteAsync(tar, gathered => packer.WriteAsync(gathered, cancellationToken), cancellationToken).ConfigureAwait(false);
        return packer.Notes;
    }

    /// <summary>
    /// An engine that unpacks a file over a folder removes the folder with all in it first. For the folder where the volume is mounted
    /// that succeeds for the content and fails for the folder itself, which is what is wanted; what is left is looked at afterwards.
    /// </summary>
    private async Task EmptyAsync(string container, string volume, CancellationToken cancellationToken)
    {
        var file = new MemoryStream();
        var writer = new TarWriter(file, TarEntryFormat.Ustar, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, MountName), cancellationToken).ConfigureAwait(false);
        file.Position = 0;
        AppException? told = null;
        try
        {
            await docker.PutArchiveAsync(container, "/", file, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.EngineFailed)
        {
            told = e;
        }

        var left = new MemoryStream();
        await docker.GetArchiveAsync(container, MountPath, left, cancellationToken).ConfigureAwait(false);
        left.Position = 0;
        string? first = null;
        await TarWalker.WalkAsync(left, (name, _, _) => Task.FromResult(first ??= name == MountName ? null : name), cancellationToken).ConfigureAwait(false);
        if (first is not null)
            throw new AppException(ErrorIds.RestoreFailed, $"The volume {volume} could not be emptied: '{first}' is still in it. {told?.Message}", volume, inner: told);
    }

    private Task WithContainerAsync(string volume, Func<string, Task> work, CancellationToken cancellationToken) => WithContainerAsync(
        volume,
        async id =>
        {
            await work(id).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    private async Task<T> WithContainerAsync<T>(string volume, Func<string, Task<T>> work, CancellationToken cancellationToken)
    {
        await RemoveLeftoversAsync(volume, cancellationToken).ConfigureAwait(false);
        var spec = new ContainerSpec
        {
            Image = await ImageAsync(volume, cancellationToken).ConfigureAwait(false),
            Entrypoint = ["/upgradeops-never-starts-this"],
            Labels = new Dictionary<string, string>
            {
                [TemporaryLabel] = volume,
                ["upgradeops.app"] = application,
                // An image that Compose built carries these; the container must not look like one of the project's.
                ["com.docker.compose.project"] = "",
                ["com.docker.compose.service"] = "",
            },
            HostConfig = new ContainerHostSpec { NetworkMode = "none", Mounts = [new MountSpec("volume", volume, MountPath, ReadOnly: false)] },
        };
        var id = await docker.CreateContainerAsync(null, spec, cancellationToken).ConfigureAwait(false);
        try
        {
            return await work(id).ConfigureAwait(false);
        }
        finally
        {
            await docker.RemoveContainerAsync(id, withVolumes: true, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Containers that a crash left: they would keep the volume from being removed.</summary>
    private async Task RemoveLeftoversAsync(string volume, CancellationToken cancellationToken)
    {
        foreach (var leftover in await docker.ListContainersAsync([$"{TemporaryLabel}={volume}"], cancellationToken).ConfigureAwait(false))
            await docker.RemoveContainerAsync(leftover.Id, withVolumes: true, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> ImageAsync(string volume, CancellationToken cancellationToken)
    {
        var users = await docker.ListContainersByVolumeAsync(volume, cancellationToken).ConfigureAwait(false);
        if (users.Count == 0)
            users = await ProjectContainersAsync(cancellationToken).ConfigureAwait(false);
        return users.FirstOrDefault(u => u.ImageID.Length > 0)?.ImageID ?? throw new AppException(
            ErrorIds.BackupFailed,
            $"The volume {volume} can only be read through a container, and no container uses it or belongs to {application}, whose image could be borrowed.",
            volume,
            "Create the application's containers first (docker compose create).");
    }

    private async Task<List<ContainerSummary>> ProjectContainersAsync(CancellationToken cancellationToken) => composeFolder is null
        ? []
        : await docker.ListContainersAsync([$"{FolderLabel}={composeFolder}"], cancellationToken).ConfigureAwait(false);

    private async Task<IEnumerable<string>> ProjectVolumesAsync(CancellationToken cancellationToken)
    {
        var volumes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var container in await ProjectContainersAsync(cancellationToken).ConfigureAwait(false))
        {
            var details = await docker.InspectContainerAsync(container.Id, cancellationToken).ConfigureAwait(false);
            volumes.UnionWith((details?.Mounts ?? []).Where(m => m is { Type: "volume", Name: not null }).Select(m => m.Name!));
        }

        return volumes;
    }
}
