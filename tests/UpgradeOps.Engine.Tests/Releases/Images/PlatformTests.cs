using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Images;

public class PlatformTests
{
    private static readonly FakeImage Amd = FakeImage.Build("amd64", "1.0.0");
    private static readonly FakeImage Arm = FakeImage.Build("arm64", "1.0.0-arm");
    private static readonly FakeImage Attestation = FakeImage.Build("unknown");

    [Fact]
    public async Task An_index_is_pinned_as_a_whole_and_looked_through_for_this_platform()
    {
        var index = FakeImage.Index(("unknown/unknown", Attestation), ("linux/arm64/v8", Arm), ("linux/amd64", Amd));
        await using var registry = new FakeRegistry().Push(index, "latest");
        var release = await registry.OpenSource(platform: new ImagePlatform("linux", "arm64", "v8")).ResolveAsync("latest", null, default);
        Assert.Equal((index.Digest, "1.0.0-arm"), (release.Digest, release.Version));
        Assert.Contains($"GET manifests/{Arm.Digest}", registry.Log());
        Assert.DoesNotContain($"GET manifests/{Amd.Digest}", registry.Log());
    }

    [Fact]
    public async Task An_index_in_an_index_is_followed()
    {
        var inner = FakeImage.Index(("linux/amd64", Amd));
        var outer = FakeImage.Index(("linux/amd64", inner));
        await using var registry = new FakeRegistry().Push(outer, "1.0.0");
        Assert.Equal(outer.Digest, (await registry.OpenSource().ResolveAsync("1.0.0", null, default)).Digest);
    }

    [Fact]
    public async Task An_index_without_this_platform_names_what_it_has()
    {
        await using var registry = new FakeRegistry().Push(FakeImage.Index(("unknown/unknown", Attestation), ("linux/arm64", Arm), ("windows/amd64", Amd)), "1.0.0");
        await Expect.ErrorAsync(ErrorIds.ReleaseWrongPlatform, () => registry.OpenSource().ResolveAsync("1.0.0", null, default),
            $"{registry.Image}:1.0.0 was built for linux/arm64, windows/amd64, not for linux/amd64");
    }

    [Fact]
    public async Task A_single_image_for_another_platform_is_refused_too()
    {
        await using var registry = new FakeRegistry().Push(Arm, "1.0.0");
        await Expect.ErrorAsync(ErrorIds.ReleaseWrongPlatform, () => registry.OpenSource().ResolveAsync("1.0.0", null, default), "linux/arm64, not for linux/amd64");
    }

    [Theory]
    [InlineData("linux/amd64", "linux/amd64", 0)]
    [InlineData("linux/amd64", "linux/amd64/v1", 1)]
    [InlineData("linux/amd64", "linux/amd64/v3", 3)]
    [InlineData("linux/amd64", "linux/arm64", null)]
    [InlineData("linux/amd64", "windows/amd64", null)]
    [InlineData("linux/arm64/v8", "linux/arm64", 1)]
    [InlineData("linux/arm64/v8", "linux/arm64/v9", null)]
    [InlineData("linux/arm/v7", "linux/arm/v7", 0)]
    [InlineData("linux/arm/v7", "linux/arm/v6", 2)]
    [InlineData("linux/arm/v7", "linux/arm/v8", null)]
    public void Platforms_fit_well_less_well_or_not(string here, string image, int? rank) => Assert.Equal(rank, Parse(here).Rank(Parse(image)));

    [Fact]
    public void This_machine_runs_linux_images() => Assert.Equal("linux", ImagePlatform.OfThisMachine().Os);

    private static ImagePlatform Parse(string text)
    {
        var parts = text.Split('/');
        return new ImagePlatform(parts[0], parts[1], parts.ElementAtOrDefault(2));
    }
}
