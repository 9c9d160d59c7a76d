namespace UpgradeOps.Engine.Docker;

internal sealed partial class DockerClient
{
    /// <summary>Makes a volume; one of that name and driver is returned as it is.</summary>
    public async Task<VolumeDetails> CreateVolumeAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        using var response = await PostAsync("volumes/create", spec, DockerJson.Default.VolumeSpec, cancellationToken).ConfigureAwait(false);
        await EnsureAsync(response, spec.Name ?? "a volume", cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, DockerJson.Default.VolumeDetails, spec.Name ?? "a volume", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Volumes that carry all these labels.</summary>
    /// <param name="labels">Each <c>name</c> or <c>name=value</c>.</param>
    public async Task<IReadOnlyList<VolumeDetails>> ListVolumesAsync(IReadOnlyList<string> labels, CancellationToken cancellationToken) =>
        (await GetAsync($"volumes?filters={Filters("label", labels)}", DockerJson.Default.VolumeList, cancellationToken).ConfigureAwait(false)).Volumes ?? [];

    public Task<VolumeDetails?> InspectVolumeAsync(string name, CancellationToken cancellationToken) =>
        FindAsync($"volumes/{Escape(name)}", DockerJson.Default.VolumeDetails, cancellationToken);

    /// <summary>Removes a volume that no container uses; nothing happens when there is none.</summary>
    public Task RemoveVolumeAsync(string name, CancellationToken cancellationToken) =>
        ActAsync(HttpMethod.Delete, $"volumes/{Escape(name)}", name, QuickCall, cancellationToken, missingIsFine: true);
}

/// <param name="Volumes">Null where there are none.</param>
internal sealed record VolumeList(IReadOnlyList<VolumeDetails>? Volumes);

/// <param name="Name">Null for an anonymous one.</param>
internal sealed record VolumeSpec(string? Name, Dictionary<string, string>? Labels = null);

/// <param name="Mountpoint">Path on the engine's machine.</param>
/// <param name="Options">Of the driver.</param>
internal sealed record VolumeDetails(string Name, string Driver, string Mountpoint, Dictionary<string, string>? Labels, Dictionary<string, string>? Options = null);
