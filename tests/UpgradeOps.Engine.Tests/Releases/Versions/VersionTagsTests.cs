using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Tests.Releases.Versions;

public class VersionTagsTests
{
    [Fact]
    public void Sorts_newest_first_and_leaves_out_what_is_no_version() => Assert.Equal(
        ["v1.10.0", "1.10.0-rc.1", "1.9.0", "1.2.0", "1.2", "0.1.0_b5"],
        VersionTags.Sort(["latest", "1.2", "0.1.0_b5", "1.9.0", "1.10.0-rc.1", "beta", "v1.10.0", "1.2.0", "sha-abc"]).Select(t => t.Tag));

    [Fact]
    public void A_build_is_shown_with_SemVers_own_sign() => Assert.Equal("0.1.0+b_5", VersionTags.Sort(["0.1.0_b_5"])[0].Name);

    [Theory]
    [InlineData(new[] { "1.0.0", "2.0.0-rc.1" }, "1.0.0")]
    [InlineData(new[] { "2.0.0-rc.1", "2.0.0-rc.2" }, "2.0.0-rc.2")]
    [InlineData(new[] { "latest" }, null)]
    public void Newest_prefers_what_is_no_prerelease(string[] tags, string? newest) => Assert.Equal(newest, VersionTags.Newest(tags)?.Tag);

    [Theory]
    [InlineData("1.2.3", "1.2.3 v1.2.3")]
    [InlineData("v1.2.3+b", "v1.2.3_b 1.2.3_b")]
    [InlineData("latest", "latest")]
    public void A_version_may_be_tagged_with_or_without_v(string version, string spellings) =>
        Assert.Equal(spellings, string.Join(' ', VersionTags.Spellings(version)));

    [Theory]
    [InlineData("1.2.3", "V1.2.3")]
    [InlineData("2026.3.1", "2026.03.01")]
    [InlineData("1.4.0", "1.4.0_b2")]
    [InlineData("1.4.0+b1", "1.4.0_b1")]
    [InlineData("1.4.0+b9", null)]
    [InlineData("1.5.0", null)]
    public void Finds_a_version_that_is_written_in_another_way(string version, string? tag) =>
        Assert.Equal(tag, VersionTags.Match(version, ["V1.2.3", "1.5", "1.4.0_b1", "2026.03.01", "1.4.0_b2"]));

    [Theory]
    [InlineData("v1.3.9", "v1.3.0,v1.2.9,v1.3.10,beta")]
    [InlineData("betta", "beta,v1.3.10,v1.3.0,v1.2.9")]
    [InlineData("", "v1.3.10,v1.3.0,v1.2.9,beta")]
    public void Nearest_are_alike_then_newest(string wanted, string nearest) =>
        Assert.Equal(nearest, string.Join(',', VersionTags.Nearest(wanted, ["beta", "v1.2.9", "v1.3.0", "v1.3.10"])));
}
