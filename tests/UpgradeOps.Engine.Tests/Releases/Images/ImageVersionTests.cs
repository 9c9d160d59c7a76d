using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Images;

/// <summary>Which version is behind a tag that moves.</summary>
public class ImageVersionTests
{
    private static readonly FakeImage Unlabelled = FakeImage.Build();

    [Theory]
    [InlineData("v2.0.0", "1.5.0", "v2.0.0")] // a full version is believed, whatever was left in a label
    [InlineData("latest", "v1.5.0", "v1.5.0")]
    [InlineData("1.5", "1.5.3", "1.5.3")]
    [InlineData("v1.5", "1.5.3", "1.5.3")]
    [InlineData("1.5", "24.04", "1.5")] // a label that the base image left behind
    [InlineData("8", "8.1.2", "8.1.2")]
    public async Task The_label_tells(string tag, string label, string version)
    {
        await using var registry = new FakeRegistry().Push(FakeImage.Build(version: label), tag);
        Assert.Equal(version, (await registry.OpenSource().ResolveAsync(tag, null, default)).Version);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("main")]
    public async Task Else_a_version_tag_on_the_same_digest(string? label)
    {
        var image = FakeImage.Build(version: label);
        await using var registry = new FakeRegistry().Push(FakeImage.Build(salt: "newer"), "v1.4.0").Push(image, "nightly", "1.3", "v1.3.0", "v1.3.0-rc.2");
        Assert.Equal("v1.3.0", (await registry.OpenSource().ResolveAsync("nightly", null, default)).Version);
    }

    [Fact]
    public async Task Else_the_tag()
    {
        await using var registry = new FakeRegistry().Push(FakeImage.Build(salt: "other"), "v1.3.0").Push(Unlabelled, "nightly");
        Assert.Equal("nightly", (await registry.OpenSource().ResolveAsync("nightly", null, default)).Version);
    }

    [Fact]
    public async Task Not_more_than_the_newest_20_tags_are_looked_at_and_none_is_pulled()
    {
        await using var registry = new FakeRegistry().Push(Unlabelled, "nightly", "0.1.0");
        for (var i = 0; i < 30; i++)
            registry.Push(FakeImage.Build(salt: $"{i}"), $"1.{i}.0");
        Assert.Equal("nightly", (await registry.OpenSource().ResolveAsync("nightly", null, default)).Version);

        var heads = registry.Log().Where(l => l.StartsWith("HEAD manifests/1.", StringComparison.Ordinal)).ToList();
        Assert.Equal(20, heads.Count);
        Assert.Contains("HEAD manifests/1.29.0", heads);
        Assert.DoesNotContain("HEAD manifests/1.9.0", heads);
        Assert.Equal(1, registry.Log().Count(l => l.StartsWith("GET manifests/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Not_being_allowed_to_list_tags_costs_only_the_name()
    {
        await using var registry = new FakeRegistry().Push(Unlabelled, "nightly");
        registry.Intercept = r => r.Path.EndsWith("/tags/list", StringComparison.Ordinal) ? new FakeReply(403) : null;
        Assert.Equal("nightly", (await registry.OpenSource().ResolveAsync("nightly", null, default)).Version);
    }
}
