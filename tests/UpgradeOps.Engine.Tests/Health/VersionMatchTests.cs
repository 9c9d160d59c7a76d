using UpgradeOps.Engine.Health;

namespace UpgradeOps.Engine.Tests.Health;

public class VersionMatchTests
{
    [Theory]
    [InlineData("v1.2.3", "1.2.3", true)]
    [InlineData("1.2.3", "V1.2.3", true)]
    [InlineData("1.2.3", "1.2.3+build.7", true)]
    [InlineData("1.2.3_build.7", "1.2.3+build.9", true)]
    [InlineData("2026.03.01", "2026.3.1", true)]
    [InlineData("1.2.3-rc.1", "v1.2.3-RC.1", true)]
    [InlineData("1.2", "1.2.7", true)]
    [InlineData("1.2.0", "1.2", true)]
    [InlineData("1.2.3", "1.2.3.0", true)]
    [InlineData("1.2.3", "1.2.4", false)]
    [InlineData("1.2.3", "1.2.3-rc.1", false)]
    [InlineData("1.2.3-rc.1", "1.2.3", false)]
    [InlineData("1.2.3-rc.1", "1.2.3-rc.2", false)]
    [InlineData("1.2", "1.20.0", false)]
    [InlineData("1.2.3", "1.2", false)]
    [InlineData("1.2.3", "11.2.3", false)]
    [InlineData("1.2.3", "", false)]
    [InlineData("1.2.3", "unknown", false)]
    public void Versions_are_compared_for_what_they_mean(string expected, string answered, bool same) =>
        Assert.Equal(same, VersionMatch.Matches(expected, answered));

    [Theory]
    [InlineData("v1.2.3", true)]
    [InlineData("1.2", true)]
    [InlineData("1.2.3-beta.1", true)]
    [InlineData("latest", false)]
    [InlineData("8", false)]
    [InlineData("nightly-2026.03.01", false)]
    [InlineData(null, false)]
    public void A_moving_tag_is_no_version(string? text, bool comparable) => Assert.Equal(comparable, VersionMatch.IsComparable(text));
}
