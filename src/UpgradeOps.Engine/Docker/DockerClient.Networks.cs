namespace UpgradeOps.Engine.Docker;

internal sealed partial class DockerClient
{
    public async Task<bool> HasNetworkAsync(string name, CancellationToken cancellationToken) =>
        // The engine finds one by the beginning of its id too.
        await FindAsync($"networks/{Escape(name)}", DockerJson.Default.NetworkDetails, cancellationToken).ConfigureAwait(false) is { } found && found.Name == name;
}

internal sealed record NetworkDetails(string Name);
