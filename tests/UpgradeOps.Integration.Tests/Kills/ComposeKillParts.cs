using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms.Compose;

namespace UpgradeOps.Integration.Kills;

/// <summary>Everything of one installation that is in the engine, and how it gets back to its beginning.</summary>
internal sealed class ComposeKillParts(KmpStack stack, DockerClient docker, KillDatabase database)
{
    private readonly byte[] _env = File.ReadAllBytes(stack.EnvFile);
    private readonly byte[] _composeFile = File.ReadAllBytes(stack.ComposeFile);

    private static string OldVersion => ComposeKillWorld.Old.Version;

    /// <summary>What an administrator and an update left there, as it must be when a version runs.</summary>
    public byte[] Env(string version) =>
        System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(_env).Replace($"\nKMP_IMAGE_TAG={OldVersion} ", $"\nKMP_IMAGE_TAG={version} ", StringComparison.Ordinal));

    public byte[] ComposeFile => _composeFile;

    /// <summary>Containers of the project in any state, whatever they are for.</summary>
    public async Task<IReadOnlyList<ContainerDetails>> ContainersAsync()
    {
        var found = await docker.ListContainersAsync([$"{ContainerLabels.Project}={stack.Project}"], default);
        return [.. (await Task.WhenAll(found.Select(c => docker.InspectContainerAsync(c.Id, default)))).OfType<ContainerDetails>()];
    }

    /// <summary>Containers that UpgradeOps made for itself: holds, and what passes.</summary>
    public Task<List<ContainerSummary>> OursAsync() => docker.ListContainersAsync([$"{ContainerLabels.HoldApp}={stack.Project}"], default);

    /// <summary>Volumes beyond those of the compose file.</summary>
    public async Task<IReadOnlyList<string>> OtherVolumesAsync()
    {
        var all = await Command.OutputAsync("docker", "volume", "ls", "--quiet", "--filter", $"name={stack.Project}_");
        return [.. all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Except([$"{stack.Project}_kmp-data", stack.UploadsVolume]).Order()];
    }

    public Task<List<ImageSummary>> ImagesAsync() => docker.ListImagesAsync(stack.Images.Repository, default);

    /// <summary>The engine's id of a version's image.</summary>
    public static async Task<string> ImageAsync(string version) => (await KmpImage.BuildAsync(ComposeKillWorld.Releases.Single(r => r.Version == version))).Id;

    /// <summary>The old version runs as at the beginning, with no rows; what earlier cells may have left is removed.</summary>
    public async Task PutOldBackAsync()
    {
        await database.WaitForToolsAsync();
        var containers = await ContainersAsync();
        var old = await ImageAsync(OldVersion);
        var whole = containers.Count == 2 && containers.Any(c => c.ServiceName() == "app" && c.State.Running && c.Image == old && c.HostConfig.RestartPolicy is { Restarts: true });
        if (!whole)
        {
            foreach (var container in containers.Where(c => c.ServiceName() == "app"))
                await docker.RemoveContainerAsync(container.Id, withVolumes: false, default);
        }

        await File.WriteAllBytesAsync(stack.EnvFile, _env);
        await database.ResetAsync();
        if (!whole)
            await stack.UpAsync();
        await RemoveOursAsync();
    }

    /// <summary>Holds, volumes put aside, and the images of all versions but the old one, so that the next update has to pull.</summary>
    public async Task RemoveOursAsync()
    {
        foreach (var container in await OursAsync())
            await docker.RemoveContainerAsync(container.Id, withVolumes: true, default);
        foreach (var volume in await OtherVolumesAsync())
            await docker.RemoveVolumeAsync(volume, default);
        var old = await ImageAsync(OldVersion);
        foreach (var name in (await ImagesAsync()).Where(i => i.Id != old).SelectMany(i => (i.RepoTags ?? []).Concat(i.RepoDigests ?? [])).Where(n => !n.Contains("<none>", StringComparison.Ordinal)))
            await docker.RemoveImageAsync(name, default);
    }
}
