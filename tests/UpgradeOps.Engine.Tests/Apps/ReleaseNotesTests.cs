using UpgradeOps.Engine.Apps;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Tests.Apps;

public class ReleaseNotesTests
{
    [Theory]
    [InlineData("github:jhandel/KMP", "v1.2.3", "https://github.com/jhandel/KMP/releases/tag/v1.2.3")]
    [InlineData("github:jhandel/KMP", "1.2.3+a/b", "https://github.com/jhandel/KMP/releases/tag/1.2.3%2Ba%2Fb")]
    [InlineData("github:jhandel/KMP", null, "https://github.com/jhandel/KMP/releases")]
    [InlineData("https://example.org/changes#{version}", "v1.2.3", "https://example.org/changes#v1.2.3")]
    [InlineData("https://example.org/changes#{version}", null, null)]
    [InlineData("https://example.org/changes", null, "https://example.org/changes")]
    [InlineData(null, "v1.2.3", null)]
    public void An_address_is_made_and_nothing_is_fetched(string? notes, string? version, string? expected) =>
        Assert.Equal(expected, ReleaseNotes.AddressOf(new ReleasesDefinition { Notes = notes }, version));

    [Theory]
    [InlineData("jhandel/KMP")]
    [InlineData("gitlab:a/b")]
    [InlineData("file:///etc/passwd")]
    public void Other_places_are_refused(string notes) =>
        Assert.Contains("releases.notes: ", Definitions.Refused(Definitions.Compose.Replace("  channels", $"  notes: {notes}\n  channels")).Message);
}
