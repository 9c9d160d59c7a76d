using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Tests.Releases.Versions;

public class SemanticVersionTests
{
    [Theory]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("v1.2.3", "1.2.3")]
    [InlineData("V1.2.3", "1.2.3")]
    [InlineData("1.2", "1.2.0")]
    [InlineData("1.2.3.4", "1.2.3.4")]
    [InlineData("1.2.3.0", "1.2.3")]
    [InlineData("2026.03.01", "2026.3.1")]
    [InlineData("1.2.3-rc.1", "1.2.3-rc.1")]
    [InlineData("1.2.3-rc.1+build.5", "1.2.3-rc.1+build.5")]
    [InlineData("1.2.3-rc.1_build.5", "1.2.3-rc.1+build.5")]
    [InlineData("1.2.3-alpha-two", "1.2.3-alpha-two")]
    [InlineData("1.2-alpine", "1.2.0-alpine")]
    public void Reads_versions_as_people_tag_them(string text, string normal) =>
        Assert.Equal(normal, SemanticVersion.TryParse(text)?.ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("v")]
    [InlineData("latest")]
    [InlineData("8")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1..3")]
    [InlineData("1.2.x")]
    [InlineData("-1.2.3")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-a..b")]
    [InlineData("1.2.3+")]
    [InlineData("1.2.3-ä")]
    [InlineData("1.2.99999999999999999999999")]
    [InlineData("sha-1.2.3")]
    [InlineData("1.2.3 ")]
    [InlineData("１.2.3")]
    public void Anything_else_is_no_version(string? text) => Assert.Null(SemanticVersion.TryParse(text));

    /// <summary>The example of SemVer 2.0, section 11, and what people add to it.</summary>
    [Fact]
    public void Orders_by_precedence()
    {
        string[] ascending =
        [
            "0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "v1.0.0",
            "1.0.0.1", "1.0.1", "1.2", "1.9.0", "1.10.0", "2.0.0-1", "2.0.0-a", "2.0.0", "2026.03.01", "2026.3.2",
        ];
        var versions = ascending.Select(t => SemanticVersion.TryParse(t)!).ToList();
        Assert.Equal(ascending, versions.Order().Select(v => v.Text));
        for (var i = 0; i < versions.Count; i++)
        {
            for (var j = 0; j < versions.Count; j++)
                Assert.Equal(i.CompareTo(j), Math.Sign(versions[i].CompareTo(versions[j])));
        }
    }

    [Theory]
    [InlineData("1.2.3", "v1.2.3")]
    [InlineData("1.2", "1.2.0.0")]
    [InlineData("1.2.3+a", "1.2.3_b")]
    [InlineData("1.2.3-01", "1.2.3-1")]
    public void Equal_in_precedence_is_equal(string a, string b)
    {
        var (x, y) = (SemanticVersion.TryParse(a)!, SemanticVersion.TryParse(b)!);
        Assert.Equal(x, y);
        Assert.Equal(x.GetHashCode(), y.GetHashCode());
    }
}
