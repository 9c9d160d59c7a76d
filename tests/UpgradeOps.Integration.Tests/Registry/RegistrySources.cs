using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Releases;

using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Integration.Registry;

/// <summary>Opens release sources the way the engine does, on a registry of the test's own.</summary>
internal sealed class RegistrySources(RegistryServer registry, string? dockerFolder = null)
{
    public static readonly Dictionary<string, string> Channels = new() { ["release"] = "latest", ["beta"] = "beta", ["one"] = "v1.*" };

    public ReleaseSourceFactory Factory { get; } = new(new LocalHost(), TimeProvider.System)
    {
        Retries = new RetryPolicy { TryTimeout = TimeSpan.FromSeconds(30) },
        DockerFolder = dockerFolder ?? "/nowhere",
    };

    public IReleaseSource Open(bool login = true, bool trusted = true, string? repository = null) => Factory.Open(Define(login, trusted, repository), new LocalHost(), new OneSecret(registry.Options.Password));

    public IReleaseSource Open(string password) => Factory.Open(Define(true, true, null), new LocalHost(), new OneSecret(password));

    private AppDefinition Define(bool login, bool trusted, string? repository) => new()
    {
        Name = "kmp",
        Path = $"/nowhere/{login}.yaml",
        Platform = new PlatformDefinition { Compose = new ComposeDefinition { Directory = "/nowhere", Service = "app", Variable = "TAG" } },
        Releases = new ReleasesDefinition
        {
            Image = $"{registry.Host}/{repository ?? KmpImage.Repository}",
            Channels = Channels,
            Channel = "release",
            User = login ? registry.Options.User : null,
            Password = login ? "env:REGISTRY_PASSWORD" : null,
            CertificateAuthority = trusted && registry.Authority is not null ? Path.Combine(registry.Folder, "ca.crt") : null,
        },
    };

    private sealed class OneSecret(string secret) : ISecretResolver
    {
        public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken) => Task.FromResult(secret);
    }
}
