using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Compose;

namespace UpgradeOps.Integration.Compose;

/// <summary>A registry with the test application's releases, shared by the tests of a class.</summary>
public sealed class ComposeFixture : IAsyncLifetime
{
    private RegistryServer? _registry;
    private readonly Dictionary<string, string> _digests = [];

    internal RegistryServer Registry => _registry!;

    internal TestImages Images => new(Registry);

    public async ValueTask InitializeAsync()
    {
        if (Require.Missing(Part.Docker, Part.Compose, Part.Registry, Part.Compiler) is not null)
            return;
        _registry = await RegistryServer.StartAsync();
        _digests["v1.0.0"] = await Images.PublishAsync(KmpRelease.V100, "v1.0.0", "latest");
        _digests["v1.1.0"] = await Images.PublishAsync(KmpRelease.V110, "v1.1.0");
        _digests["v9.9.9"] = await Images.PublishAsync(KmpRelease.V110 with { Version = "v9.9.9", Behaviour = KmpBehaviour.Exits }, "v9.9.9");
    }

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
            await _registry.DisposeAsync();
    }

    /// <summary>A published release as the release source resolves it.</summary>
    internal Release Release(string version, string? tag = null) => new()
    {
        Name = "kmp",
        Version = version,
        Tag = tag ?? version,
        Source = Images.Repository,
        Digest = _digests[version],
        SizeBytes = 3_000_000,
    };

    internal PlatformTarget To(string version, string? tag = null) => new() { Release = Release(version, tag) };

    /// <summary>The platform as a new process would have it.</summary>
    internal static ComposePlatform Open(KmpStack stack, Func<AppDefinition, AppDefinition>? change = null, IHost? host = null)
    {
        var definition = new AppDefinition
        {
            Name = stack.Project,
            Path = stack.DefinitionPath,
            Platform = new PlatformDefinition { Compose = new ComposeDefinition { Directory = stack.Folder, Service = "app", Variable = "KMP_IMAGE_TAG" } },
            Releases = new ReleasesDefinition { Image = stack.Images.Repository },
            HealthTimeout = TimeSpan.FromSeconds(30),
        };
        var docker = new DockerClient(DockerEndpoint.FromEnvironment(Environment.GetEnvironmentVariable), TimeProvider.System);
        return new ComposePlatform(new ComposeProject(
            change?.Invoke(definition) ?? definition, host ?? new LocalHost(), docker, (_, _) => Task.FromResult<PullCredentials?>(null), TimeProvider.System));
    }
}
