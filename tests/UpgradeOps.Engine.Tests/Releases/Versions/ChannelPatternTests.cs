using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Tests.Releases.Versions;

public class ChannelPatternTests
{
    [Theory]
    [InlineData("v1.*", "v1.9.0 v1.10.0 v2.0.0 v1.11.0-rc.1", "v1.10.0")]
    [InlineData("v1.*-*", "v1.9.0 v1.10.0 v1.11.0-rc.1", "v1.11.0-rc.1")]
    [InlineData("*-beta*", "1.0.0 1.1.0-beta.2 1.1.0-beta.10 1.1.0-rc.1", "1.1.0-beta.10")]
    [InlineData("2.*", "2.0.0-rc.1 2.0.0-rc.2", "2.0.0-rc.2")]
    [InlineData("*-alpine", "1.9.0-alpine 1.10.0-alpine 1.10.0-rc1-alpine 1.11.0", "1.10.0-alpine")]
    [InlineData("*-rolling-daily", "2026-02-28-rolling-daily 2026-03-01-rolling-daily 2026-03-02", "2026-03-01-rolling-daily")]
    [InlineData("build-*", "build-9 build-10 build-x", "build-x")]
    [InlineData("nightly-*", "nightly-20260301 nightly-20260228", "nightly-20260301")]
    [InlineData("*", "latest 1.0.0 beta", "1.0.0")]
    [InlineData("1.2.*", "1x2.9 1.2.3", "1.2.3")]
    [InlineData("v3.*", "v1.0.0", null)]
    public void Means_the_newest_that_fits(string pattern, string tags, string? newest) =>
        Assert.Equal(newest, new ChannelPattern(pattern).Newest(tags.Split(' ')));

    [Fact]
    public void A_hostile_pattern_takes_no_time() =>
        Assert.Null(new ChannelPattern(string.Concat(Enumerable.Repeat("a*", 60)) + "b").Newest([new string('a', 20_000)]));

    [Fact]
    public void Natural_order_counts_digits() =>
        Assert.Equal(["a", "a2", "a10", "a10b2", "a10b010", "b"], ((string[])["b", "a10b010", "a10", "a2", "a10b2", "a"]).Order(NaturalOrder.Instance));
}
