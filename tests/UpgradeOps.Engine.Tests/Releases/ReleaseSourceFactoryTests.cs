using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Releases;
using UpgradeOps.Engine.Releases.Folder;
using UpgradeOps.Engine.Releases.GitHub;
using UpgradeOps.Engine.Releases.Images;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases;

public sealed class ReleaseSourceFactoryTests : IDisposable
{
    private readonly string _docker = Directory.CreateTempSubdirectory("upgradeops-docker-").FullName;
    private readonly ReleaseSourceFactory _factory;

    public ReleaseSourceFactoryTests()
    {
        File.WriteAllText(Path.Combine(_docker, "config.json"), """{"auths":{"ghcr.io":{"auth":"bG9nZ2VkOmlu"},"docker.example":{"auth":"bG9nZ2VkOmlu"}}}""");
        _factory = new ReleaseSourceFactory(new LocalHost(), TimeProvider.System) { DockerFolder = _docker };
    }

    public void Dispose() => Directory.Delete(_docker, recursive: true);

    [Fact]
    public void Opens_what_the_definition_names()
    {
        Assert.IsType<ImageReleaseSource>(Open(new ReleasesDefinition { Image = "ghcr.io/jhandel/kmp" }));
        Assert.IsType<GitHubChangelog>(Open(new ReleasesDefinition { Image = "ghcr.io/jhandel/kmp", Changelog = new GitHubPlace { Repository = "jhandel/kmp" } }));
        Assert.IsType<FolderReleaseSource>(Open(new ReleasesDefinition { Folder = "/srv/releases" }));
        Assert.Equal(ErrorIds.DefinitionInvalid, Assert.Throws<AppException>(() => Open(new ReleasesDefinition())).ErrorId);
        Assert.Equal(ErrorIds.DefinitionInvalid, Assert.Throws<AppException>(() => Open(new ReleasesDefinition { Image = "kmp:latest" })).ErrorId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no certificate here")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void An_authority_that_cannot_be_used_is_named(string? content)
    {
        var file = Path.Combine(_docker, "ca.pem");
        if (content is not null)
            File.WriteAllText(file, content);
        var error = Assert.Throws<AppException>(() => Open(new ReleasesDefinition { Image = "ghcr.io/jhandel/kmp", CertificateAuthority = file }));
        Assert.Equal(ErrorIds.DefinitionInvalid, error.ErrorId);
        Assert.Contains("releases.certificateAuthority", error.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ghcr.io/jhandel/kmp", "deploy", "ghcr.io")]
    [InlineData("ghcr.io/other/image", "deploy", "ghcr.io")]
    [InlineData("docker.example/postgres", "logged", "docker.example")]
    [InlineData("postgres", null, null)]
    public async Task Images_are_pulled_by_the_definitions_user_on_its_own_registry_only(string repository, string? user, string? server)
    {
        var releases = new ReleasesDefinition { Image = "ghcr.io/jhandel/kmp", User = "deploy", Password = "env:X" };
        var found = await _factory.Credentials(Define(releases), new Secrets()).FindAsync(repository, default);
        Assert.Equal((user, server), (found?.User, found?.ServerAddress));
    }

    [Fact]
    public async Task Without_a_user_who_logged_in_counts()
    {
        var found = await _factory.Credentials(Define(new ReleasesDefinition { Image = "ghcr.io/jhandel/kmp" }), new Secrets()).FindAsync("ghcr.io/jhandel/kmp", default);
        Assert.Equal(("logged", "in"), (found!.User, found.Password));
    }

    [Fact]
    public async Task Applications_on_one_registry_share_what_it_asked_for()
    {
        await using var tokens = new FakeServer(_ => new FakeReply(200, """{"token":"t"}"""));
        await using var registry = new FakeRegistry().Push(FakeImage.Build(), "1.0.0");
        registry.Intercept = r => r.Authorization == "Bearer t" ? null : new FakeReply(401, "", ("Www-Authenticate", $"Bearer realm=\"http://{tokens.Host}/\""));
        for (var i = 0; i < 3; i++)
            await Open(new ReleasesDefinition { Image = registry.Image }).PeekAsync("1.0.0", null, default);
        Assert.Single(tokens.Requests);
        Assert.Equal(4, registry.Server.Requests.Count);
    }

    private IReleaseSource Open(ReleasesDefinition releases) => _factory.Open(Define(releases), new LocalHost(), new Secrets());

    private static AppDefinition Define(ReleasesDefinition releases) => new()
    {
        Name = "kmp",
        Path = "/etc/kmp.yaml",
        Platform = new PlatformDefinition { Service = new ServiceDefinition { Directory = "/opt/kmp", Command = ["kmp"] } },
        Releases = releases,
    };

    private sealed class Secrets : ISecretResolver
    {
        public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken) => Task.FromResult("secret");
    }
}
