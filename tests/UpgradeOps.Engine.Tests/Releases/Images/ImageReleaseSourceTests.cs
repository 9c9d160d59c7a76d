using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Images;

public class ImageReleaseSourceTests
{
    private static readonly FakeImage V1 = FakeImage.Build(version: "1.0.0", created: "2026-02-03T04:05:06Z");
    private static readonly FakeImage V2 = FakeImage.Build(version: "1.1.0", docker: true);

    private static readonly ReleasesDefinition Channels = new()
    {
        Channel = "release",
        Channels = new Dictionary<string, string> { ["release"] = "latest", ["one"] = "v1.*", ["gone"] = "gone" },
    };

    [Fact]
    public async Task Lists_versions_newest_first_by_one_question()
    {
        await using var registry = new FakeRegistry().Push(V1, "1.9.0", "latest", "v1.10.0-rc.1_b7").Push(V2, "1.10.0", "sha-123");
        var releases = await registry.OpenSource().ListAsync(default);
        Assert.Equal(["1.10.0", "v1.10.0-rc.1+b7", "1.9.0"], releases.Select(r => r.Version));
        Assert.Equal(["1.10.0", "v1.10.0-rc.1_b7", "1.9.0"], releases.Select(r => r.Tag));
        Assert.All(releases, r => Assert.Equal(("kmp", registry.Image, null), (r.Name, r.Source, r.Digest)));
        Assert.Single(registry.Server.Requests);
    }

    [Theory]
    [InlineData("v1.1.0", "v1.1.0")]
    [InlineData("1.1.0", "v1.1.0")]
    [InlineData("1.0.0", "1.0.0")]
    [InlineData("v1.0.0", "1.0.0")]
    [InlineData("1.1", "1.1")]
    [InlineData("1.2.0+b3", "1.2.0_b3")]
    [InlineData("1.2.0", "1.2.0_b3")]
    public async Task A_version_is_found_with_or_without_v(string version, string tag)
    {
        await using var registry = new FakeRegistry().Push(V1, "1.0.0", "1.1").Push(V2, "v1.1.0", "1.2.0_b3");
        var release = await registry.OpenSource().ResolveAsync(version, null, default);
        Assert.Equal(tag, release.Tag);
        Assert.Null(release.Channel);
    }

    [Fact]
    public async Task A_release_is_pinned_and_described()
    {
        await using var registry = new FakeRegistry().Push(V1, "v1.0.0");
        var release = await registry.OpenSource().ResolveAsync("1.0.0", null, default);
        Assert.Equal(new Release
        {
            Name = "kmp",
            Version = "v1.0.0",
            Tag = "v1.0.0",
            Source = registry.Image,
            Digest = V1.Digest,
            SizeBytes = 1234,
            PublishedAt = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero),
        }, release);
        Assert.Equal([$"HEAD manifests/1.0.0", "HEAD manifests/v1.0.0", $"GET manifests/{V1.Digest}", $"GET blobs/{V1.Blobs.Keys.Single()}"], registry.Log());
    }

    [Fact]
    public async Task A_channel_is_a_tag_and_carries_the_version_of_its_label()
    {
        await using var registry = new FakeRegistry().Push(V2, "latest", "1.1.0");
        var release = await registry.OpenSource(Channels).ResolveAsync(null, null, default);
        Assert.Equal(("1.1.0", "latest", "release", V2.Digest), (release.Version, release.Tag, release.Channel, release.Digest));
        Assert.DoesNotContain(registry.Log(), l => l.Contains("tags/list", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_channel_may_be_a_pattern()
    {
        await using var registry = new FakeRegistry().Push(V1, "v1.9.0", "v1.10.0-rc.1").Push(V2, "v1.10.0", "v2.0.0");
        var release = await registry.OpenSource(Channels).ResolveAsync(null, "one", default);
        Assert.Equal(("v1.10.0", "one", V2.Digest), (release.Version, release.Channel, release.Digest));
    }

    [Fact]
    public async Task Without_any_channel_the_newest_version_counts()
    {
        await using var registry = new FakeRegistry().Push(V1, "1.9.0", "latest").Push(V2, "1.10.0", "2.0.0-rc.1");
        Assert.Equal("1.10.0", (await registry.OpenSource().ResolveAsync(null, null, default)).Version);
    }

    [Fact]
    public async Task To_peek_costs_one_HEAD()
    {
        await using var registry = new FakeRegistry().Push(V2, "latest");
        var release = await registry.OpenSource(Channels).PeekAsync(null, "release", default);
        Assert.Equal(("latest", V2.Digest), (release.Version, release.Digest));
        Assert.Equal(["HEAD manifests/latest"], registry.Log());
    }

    [Fact]
    public async Task An_unknown_channel_names_the_known_ones()
    {
        await using var registry = new FakeRegistry();
        await Expect.ErrorAsync(ErrorIds.ChannelUnknown, () => registry.OpenSource(Channels).ResolveAsync(null, "beta", default), "kmp", "'beta'", "gone, one, release");
        Assert.Empty(registry.Server.Requests);
    }

    [Theory]
    [InlineData("1.0.1", null, "there is no version '1.0.1'", "1.0.0, 1.1.0")]
    [InlineData("../../etc", null, "there is no version '../../etc'", "1.1.0, 1.0.0")]
    [InlineData(null, "gone", "there is no channel 'gone' (tag 'gone')", "1.1.0, 1.0.0")]
    [InlineData(null, "one", "there is no channel 'one' (pattern 'v1.*')", "1.1.0, 1.0.0")]
    public async Task What_is_not_there_is_told_with_what_is(string? version, string? channel, string what, string nearest)
    {
        await using var registry = new FakeRegistry().Push(V1, "1.0.0").Push(V2, "1.1.0");
        var error = await Expect.ErrorAsync(ErrorIds.ReleaseNotFound, () => registry.OpenSource(Channels).ResolveAsync(version, channel, default), registry.Image, what, nearest);
        Assert.Equal("Get-AppRelease lists what exists.", error.Error.RecommendedAction);
        Assert.All(registry.Server.Requests, r => Assert.StartsWith("/v2/team/kmp/", r.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_repository_says_so()
    {
        await using var registry = new FakeRegistry();
        await Expect.ErrorAsync(ErrorIds.ReleaseNotFound, () => registry.OpenSource().ResolveAsync(null, null, default), "there is no version. Nothing is there.");
    }
}
