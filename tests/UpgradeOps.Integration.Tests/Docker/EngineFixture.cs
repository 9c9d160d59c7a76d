using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Integration.Docker;

/// <summary>A registry with one release, the engine's client, and a running container of that release to work in.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private RegistryServer? _registry;

    internal DockerClient Client { get; } = new(DockerEndpoint.FromEnvironment(Environment.GetEnvironmentVariable), TimeProvider.System);

    internal RegistryServer Registry => _registry!;

    internal TestImages Images => new(Registry);

    internal string Digest { get; private set; } = "";

    internal string Container { get; private set; } = "";

    internal string Image => $"{Images.Repository}@{Digest}";

    public async ValueTask InitializeAsync()
    {
        if (Require.Missing(Part.Docker, Part.Registry, Part.Compiler) is not null)
            return;
        _registry = await RegistryServer.StartAsync();
        Digest = await Images.PublishAsync(KmpRelease.V100);
        await Client.PullImageAsync(Images.Repository, Digest, null, (_, _) => { }, TimeSpan.FromMinutes(1), default);
        Container = await CreateAsync("trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done");
        await Client.StartContainerAsync(Container, default);
    }

    /// <summary>A container that runs a shell script and is removed with the fixture.</summary>
    internal async Task<string> CreateAsync(string script) => await Client.CreateContainerAsync(null, new ContainerSpec
    {
        Image = Image,
        Entrypoint = ["/bin/sh", "-c", script],
        Labels = new() { ["upgradeops.test"] = Registry.Host },
    }, default);

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
        {
            foreach (var container in await Client.ListContainersAsync([$"upgradeops.test={Registry.Host}"], default))
                await Client.RemoveContainerAsync(container.Id, withVolumes: true, default);
            await Client.RemoveImageAsync(Image, default);
            await _registry.DisposeAsync();
        }

        await Client.DisposeAsync();
    }
}
