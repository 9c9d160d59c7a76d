namespace UpgradeOps.Integration.Registry;

/// <summary>The real registry, open to everybody on loopback.</summary>
public class OpenRegistryTests
{
    [Fact]
    public async Task Lists_and_resolves_versions_and_channels()
    {
        Needs.Parts(Part.Registry, Part.Compiler);
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAllAsync();
        var source = new RegistrySources(registry).Open(login: false);

        Assert.Equal(["v1.3.0", "v1.2.0", "v1.1.0", "v1.0.0"], (await source.ListAsync(default)).Select(r => r.Version));

        var latest = await source.ResolveAsync(null, null, default);
        Assert.Equal(("v1.0.0", "latest", "release"), (latest.Version, latest.Tag, latest.Channel));
        var beta = await source.ResolveAsync(null, "beta", default);
        var named = await source.ResolveAsync("1.1.0", null, default);
        Assert.Equal(("v1.1.0", beta.Digest), (named.Version, named.Digest));
        Assert.Equal("v1.3.0", (await source.ResolveAsync(null, "one", default)).Version);
        Assert.True(named.SizeBytes > 10_000, $"{named.SizeBytes}");
        Assert.NotNull(named.PublishedAt);

        var error = await Assert.ThrowsAsync<AppException>(() => source.ResolveAsync("1.1.1", null, default));
        Assert.Equal(ErrorIds.ReleaseNotFound, error.ErrorId);
        Assert.Contains("v1.1.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_moving_tag_is_followed()
    {
        Needs.Parts(Part.Registry, Part.Compiler);
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        var source = new RegistrySources(registry).Open(login: false);
        var first = await images.PublishAsync(KmpRelease.V100, "latest");
        Assert.Equal(first, (await source.PeekAsync(null, null, default)).Digest);
        var second = await images.PublishAsync(KmpRelease.V110, "latest");
        Assert.NotEqual(first, second);
        Assert.Equal(second, (await source.PeekAsync(null, null, default)).Digest);
        Assert.All(await registry.RequestsAsync(), r => Assert.Equal("HEAD", r.Method));
    }

    [Fact]
    public async Task An_index_is_pinned_as_a_whole()
    {
        Needs.Parts(Part.Registry, Part.Compiler);
        await using var registry = await RegistryServer.StartAsync();
        var digest = await new TestImages(registry).PublishIndexAsync(KmpRelease.V100, "v1.0.0", "latest");
        var release = await new RegistrySources(registry).Open(login: false).ResolveAsync(null, null, default);
        Assert.Equal((digest, "v1.0.0"), (release.Digest, release.Version));
    }

    [Fact]
    public async Task The_engine_pulls_and_shows_what_was_pinned()
    {
        Needs.Parts(Part.Registry, Part.Compiler, Part.Docker);
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishIndexAsync(KmpRelease.V100 with { Build = Random.Shared.Next() }, "latest");
        var release = await new RegistrySources(registry).Open(login: false).ResolveAsync(null, null, default);

        var pinned = $"{release.Source}@{release.Digest}";
        try
        {
            await Command.OutputAsync("docker", "pull", "-q", pinned);
            Assert.Contains(pinned, await Command.OutputAsync("docker", "image", "inspect", "--format", "{{.RepoDigests}}", pinned), StringComparison.Ordinal);
        }
        finally
        {
            await Command.RunAsync("docker", "image", "rm", "-f", pinned);
        }
    }

    [Fact]
    public async Task An_image_for_another_machine_is_refused()
    {
        Needs.Parts(Part.Registry, Part.Compiler);
        await using var registry = await RegistryServer.StartAsync();
        await new TestImages(registry).PublishImageAsync(await KmpImage.BuildAsync(KmpRelease.V100, oci: true, architecture: "s390x"), "latest");
        var error = await Assert.ThrowsAsync<AppException>(() => new RegistrySources(registry).Open(login: false).ResolveAsync(null, null, default));
        Assert.Equal(ErrorIds.ReleaseWrongPlatform, error.ErrorId);
        Assert.Contains("linux/s390x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_is_off_is_unreachable()
    {
        Needs.Parts(Part.Registry, Part.Compiler);
        await using var registry = await RegistryServer.StartAsync();
        var source = new RegistrySources(registry).Open(login: false);
        var missing = await Assert.ThrowsAsync<AppException>(() => source.ListAsync(default));
        Assert.Equal(ErrorIds.ReleaseNotFound, missing.ErrorId);

        await registry.PauseAsync();
        var error = await Assert.ThrowsAsync<AppException>(() => source.ResolveAsync(null, null, default));
        Assert.Equal(ErrorIds.RegistryUnreachable, error.ErrorId);
        Assert.Contains("refuses connections", error.Message, StringComparison.Ordinal);
    }
}
