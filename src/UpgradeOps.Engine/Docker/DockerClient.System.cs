namespace UpgradeOps.Engine.Docker;

internal sealed partial class DockerClient
{
    /// <summary>Fails with <see cref="ErrorIds.EngineUnreachable"/> or <see cref="ErrorIds.EngineForbidden"/> unless the engine answers.</summary>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, "_ping", null, TimeSpan.FromSeconds(20), cancellationToken).ConfigureAwait(false);
        await EnsureAsync(response, Endpoint.Address, cancellationToken).ConfigureAwait(false);
    }

    public Task<EngineVersion> GetVersionAsync(CancellationToken cancellationToken) =>
        GetAsync("version", DockerJson.Default.EngineVersion, cancellationToken);

    public Task<EngineInfo> GetInfoAsync(CancellationToken cancellationToken) =>
        GetAsync("info", DockerJson.Default.EngineInfo, cancellationToken);
}

/// <param name="Arch">As Go names it: <c>amd64</c>, <c>arm64</c> …</param>
internal sealed record EngineVersion(string Version, string ApiVersion, string Os, string Arch);

/// <param name="DockerRootDir">Where the engine keeps images and volumes, on the engine's machine.</param>
/// <param name="Architecture">As the kernel names it: <c>x86_64</c>, <c>aarch64</c> …</param>
internal sealed record EngineInfo(string DockerRootDir, string Architecture, string OSType, string ServerVersion, string Name);
