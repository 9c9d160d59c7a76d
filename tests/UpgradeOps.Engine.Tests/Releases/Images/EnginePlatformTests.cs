using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Releases.Images;
using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.State.Folder;
using UpgradeOps.Engine.Tests.Apps;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Images;

/// <summary>An engine of another machine than this one, whose processor may be another.</summary>
public class EnginePlatformTests
{
    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public async Task An_application_gets_the_image_for_its_engine_and_not_for_this_machine(string architecture)
    {
        await using var engine = Engine(architecture);
        var index = FakeImage.Index(("linux/arm64/v8", FakeImage.Build("arm64", "1.0.0-arm64")), ("linux/amd64", FakeImage.Build("amd64", "1.0.0-amd64")));
        await using var registry = new FakeRegistry().Push(index, "latest");
        var folder = Directory.CreateTempSubdirectory("upgradeops-engine-");
        try
        {
            var definition = Definitions.Parse(Definitions.Compose);
            definition = definition with { Releases = definition.Releases with { Image = registry.Image } };
            var session = new EngineSession(new EngineOptions { StateFolder = folder.FullName, ConfigFolder = folder.FullName })
            {
                Variable = name => name == "DOCKER_HOST" ? $"tcp://{engine.Host}" : null,
            };
            await using var rooms = Furnishing.Open(definition, session, new FolderState(definition.Name, folder.FullName, TimeProvider.System));

            var release = await rooms.Releases.ResolveAsync("latest", null, TestContext.Current.CancellationToken);

            Assert.Equal((index.Digest, $"1.0.0-{architecture}"), (release.Digest, release.Version));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("arm64", "aarch64", "linux/arm64/v8")]
    [InlineData("arm", "armv7l", "linux/arm/v7")]
    [InlineData("arm", "armv6l", "linux/arm/v6")]
    [InlineData("arm", "aarch64", "linux/arm/v7")]
    [InlineData("riscv64", "riscv64", "linux/riscv64")]
    public async Task An_engine_says_what_it_runs(string architecture, string kernel, string platform)
    {
        await using var engine = Engine(architecture, kernel);
        await using var client = new DockerClient(DockerEndpoint.Parse($"tcp://{engine.Host}"), TimeProvider.System);

        Assert.Equal(platform, (await EnginePlatform.AskAsync(client, TestContext.Current.CancellationToken)).ToString());
    }

    [Fact]
    public async Task Where_no_engine_answers_it_is_this_machines()
    {
        await using var client = new DockerClient(DockerEndpoint.Parse("unix:///nowhere/docker.sock"), TimeProvider.System);

        Assert.Equal(ImagePlatform.OfThisMachine(), await EnginePlatform.AskAsync(client, TestContext.Current.CancellationToken));
    }

    private static FakeServer Engine(string architecture, string kernel = "") => new(request => request.Path switch
    {
        "/_ping" => new FakeReply(200, "OK", ("Api-Version", "1.41")),
        var path when path.EndsWith("/version", StringComparison.Ordinal) => new FakeReply(200, $$"""{"Version":"20.10.24","ApiVersion":"1.41","Os":"linux","Arch":"{{architecture}}"}"""),
        var path when path.EndsWith("/info", StringComparison.Ordinal) => new FakeReply(200, $$"""{"DockerRootDir":"/var/lib/docker","Architecture":"{{kernel}}","OSType":"linux","ServerVersion":"20.10.24","Name":"host"}"""),
        _ => new FakeReply(404, """{"message":"page not found"}"""),
    });
}
