using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Integration.Docker;

public sealed class ImageTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DockerClient Client => engine.Client;

    private string Repository => engine.Images.Repository;

    [Fact]
    public async Task A_pull_by_digest_tells_its_bytes_and_leaves_tags_alone()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var digest = await engine.Images.PublishAsync(new KmpRelease("v9.0.0") { Build = Random.Shared.Next() });
        var told = new List<(long Done, long? Total)>();
        await Client.PullImageAsync(Repository, digest, null, (done, total) => told.Add((done, total)), TimeSpan.FromMinutes(1), Token);

        var image = (await Client.InspectImageAsync($"{Repository}@{digest}", Token))!;
        Assert.Contains($"{Repository}@{digest}", image.RepoDigests!);
        Assert.Null(await Client.InspectImageAsync($"{Repository}:v9.0.0", Token));
        Assert.NotEmpty(told);
        Assert.Equal(told.Max(t => t.Done), told[^1].Done);
        Assert.Equal(told[^1].Total, told[^1].Done);

        await Client.TagImageAsync(image.Id, Repository, "moved", Token);
        Assert.Equal(image.Id, (await Client.InspectImageAsync($"{Repository}:moved", Token))!.Id);
        Assert.Contains(await Client.ListImagesAsync(Repository, Token), i => i.Id == image.Id && i.RepoTags!.Contains($"{Repository}:moved"));
        await Client.RemoveImageAsync($"{Repository}:moved", Token);
        await Client.RemoveImageAsync($"{Repository}@{digest}", Token);
        await Client.RemoveImageAsync($"{Repository}@{digest}", Token);
        Assert.Null(await Client.InspectImageAsync(image.Id, Token));
    }

    [Fact]
    public async Task A_digest_that_the_registry_has_not_is_not_found()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var e = await PullAsync(Repository, "sha256:" + new string('0', 64));
        Assert.Equal(ErrorIds.ImageNotFound, e.ErrorId);
    }

    [Fact]
    public async Task A_registry_that_is_off_is_unreachable()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var e = await PullAsync($"127.0.0.1:{FreePort.Next()}/kmp", engine.Digest);
        Assert.Equal(ErrorIds.RegistryUnreachable, e.ErrorId);
    }

    [Fact]
    public async Task Credentials_open_a_registry_that_refuses_without()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        await using var registry = await RegistryServer.StartAsync(new RegistryOptions { Auth = RegistryAuth.Basic });
        var images = new TestImages(registry);
        var digest = await images.PublishAsync(KmpRelease.V100);

        Assert.Equal(ErrorIds.RegistryUnauthorized, (await PullAsync(images.Repository, digest)).ErrorId);
        Assert.Equal(ErrorIds.RegistryUnauthorized, (await PullAsync(images.Repository, digest, new PullCredentials { User = "deploy", Password = "wrong" })).ErrorId);
        var right = new PullCredentials { User = registry.Options.User, Password = registry.Options.Password, ServerAddress = registry.Host };
        await Client.PullImageAsync(images.Repository, digest, right, (_, _) => { }, TimeSpan.FromMinutes(1), Token);
        await Client.RemoveImageAsync($"{images.Repository}@{digest}", Token);
    }

    private Task<AppException> PullAsync(string repository, string digest, PullCredentials? credentials = null) =>
        Assert.ThrowsAsync<AppException>(() => Client.PullImageAsync(repository, digest, credentials, (_, _) => { }, TimeSpan.FromMinutes(1), Token));
}
