using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Registry;

public class DigestTests
{
    private static readonly FakeImage Image = FakeImage.Build();
    private static readonly FakeImage Other = FakeImage.Build(salt: "other");

    [Fact]
    public async Task Head_tells_the_digest_and_asks_for_every_kind_of_manifest()
    {
        await using var registry = Tagged();
        Assert.Equal(Image.Digest, await registry.Open().HeadAsync("latest", default));
        var request = Assert.Single(registry.Server.Requests);
        Assert.Equal("HEAD", request.Method);
        foreach (var type in MediaTypes.Manifests)
            Assert.Contains(type, request.Headers["Accept"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_is_not_there_has_none()
    {
        await using var registry = Tagged();
        Assert.Null(await registry.Open().HeadAsync("v9", default));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(405)]
    public async Task A_registry_that_tells_none_by_head_is_asked_for_the_bytes(int headStatus)
    {
        await using var registry = Tagged();
        registry.Intercept = r => r.Method == "HEAD" ? new FakeReply(headStatus) : registry.Answer(r) with { Headers = [("Content-Type", Image.MediaType)] };
        Assert.Equal(Image.Digest, await registry.Open().HeadAsync("latest", default));
    }

    [Fact]
    public async Task Bytes_that_do_not_match_what_they_were_asked_for_by_are_refused()
    {
        await using var registry = Tagged();
        registry.Intercept = _ => new FakeReply(200, Other.Manifest, ("Docker-Content-Digest", Image.Digest), ("Content-Type", Image.MediaType));
        await Expect.ErrorAsync(ErrorIds.DigestMismatch, () => registry.Open().GetManifestAsync(Image.Digest, default), registry.Image, Image.Digest);
    }

    [Fact]
    public async Task Bytes_that_do_not_match_what_the_registry_says_are_refused()
    {
        await using var registry = Tagged();
        registry.Intercept = r => r.Method == "HEAD"
            ? new FakeReply(405)
            : new FakeReply(200, Image.Manifest, ("Docker-Content-Digest", Other.Digest), ("Content-Type", Image.MediaType));
        await Expect.ErrorAsync(ErrorIds.DigestMismatch, () => registry.Open().HeadAsync("latest", default), Other.Digest);
    }

    [Fact]
    public async Task A_configuration_that_was_changed_is_refused()
    {
        await using var registry = Tagged();
        registry.Intercept = r => r.Path.Contains("/blobs/", StringComparison.Ordinal) ? new FakeReply(200, "{}") : null;
        await Expect.ErrorAsync(ErrorIds.DigestMismatch, () => registry.Open().GetConfigAsync(Image.Blobs.Keys.Single(), default), "configuration");
    }

    [Theory]
    [InlineData("""{"schemaVersion":1}""", "schema 1")]
    [InlineData("""{"schemaVersion":2}""", "no image index or manifest")]
    [InlineData("""{"schemaVersion":2,"config":{"digest":"sha256:../../x"},"layers":[]}""", "no digest")]
    [InlineData("<html>", "no image index or manifest")]
    public async Task What_is_no_manifest_is_told(string body, string part)
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = r => r.Method == "HEAD" ? new FakeReply(405) : new FakeReply(200, body);
        await Expect.ErrorAsync(ErrorIds.RegistryFailed, () => registry.Open().HeadAsync("latest", default), part);
    }

    [Fact]
    public async Task An_answer_without_end_is_given_up()
    {
        await using var registry = Tagged();
        registry.Intercept = r => r.Method == "HEAD" ? new FakeReply(405) : new FakeReply(200, new byte[(8 << 20) + 1]);
        await Expect.ErrorAsync(ErrorIds.RegistryFailed, () => registry.Open().HeadAsync("latest", default), "larger than any manifest");
    }

    private static FakeRegistry Tagged() => new FakeRegistry().Push(Image, "latest");
}
