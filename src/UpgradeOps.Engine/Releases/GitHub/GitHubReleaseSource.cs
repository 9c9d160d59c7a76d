using System.Text.RegularExpressions;
using UpgradeOps.Engine.Apps;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>
/// Releases of a repository on GitHub, each an asset of one. What its publisher marks as a pre-release counts as one, whatever its tag says; drafts do not exist.
/// </summary>
internal sealed partial class GitHubReleaseSource(string appName, ReleasesDefinition releases, GitHubAssets assets) : IReleaseSource
{
    /// <summary>A channel of this value means the newest version that is no pre-release, unless a release has this very tag.</summary>
    private const string Latest = "latest";

    public async Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken)
    {
        var found = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return [.. VersionTags.Sort(found.Keys).Select(t => Describe(found[t.Tag], null))];
    }

    /// <summary>With GitHub's own digest, where it has one: the publisher's would be a second question.</summary>
    public async Task<Release> PeekAsync(string? version, string? channel, CancellationToken cancellationToken)
    {
        var choice = ReleaseChoice.From(releases, appName, version, channel);
        var release = await FindAsync(choice, cancellationToken).ConfigureAwait(false);
        return Describe(release, choice.Channel) with { Digest = AssetOf(release)?.Digest };
    }

    public async Task<Release> ResolveAsync(string? version, string? channel, CancellationToken cancellationToken)
    {
        var choice = ReleaseChoice.From(releases, appName, version, channel);
        var release = await FindAsync(choice, cancellationToken).ConfigureAwait(false);
        var chosen = await assets.ChooseAsync(release, cancellationToken).ConfigureAwait(false);
        return Describe(release, choice.Channel) with { Digest = chosen.Digest, SizeBytes = chosen.Asset.Size };
    }

    public async Task<ReleaseHistory> HistoryAsync(Deployment current, Release release, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        if (assets.Definition.Checksums == GitHubDefinition.NoChecksums)
        {
            var chosen = await assets.ChooseAsync(release.Tag, cancellationToken).ConfigureAwait(false);
            findings.Add(Warning(ErrorIds.ChecksumMissing, release, chosen.Asset.Digest is { } own
                ? $"No file of checksums tells what {chosen.Asset.Name} must be (checksums: none). Only GitHub's own digest {own} is verified: it says what was uploaded, not who uploaded it."
                : $"Nothing tells what {chosen.Asset.Name} must be (checksums: none), and GitHub has no digest of it either. Only its size is verified."));
        }

        if (current.Source == release.Source && current.Tag == release.Tag && current.Digest is not null && current.Digest != release.Digest)
            findings.Add(Warning(ErrorIds.TagMoved, release, $"The asset of {release.Tag} was replaced since it was installed: it was {current.Digest}, it is {release.Digest}."));
        return new ReleaseHistory([], findings);
    }

    private async Task<GitHubRelease> FindAsync(ReleaseChoice choice, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return Pick(choice, found) is { } tag ? found[tag] : throw choice.NotFound(assets.Name, found.Keys);
    }

    private static string? Pick(ReleaseChoice choice, Dictionary<string, GitHubRelease> found)
    {
        var stable = found.Values.Where(r => !r.IsPrerelease).Select(r => r.Tag).ToList();
        return choice switch
        {
            ReleaseChoice.Named named => VersionTags.Spellings(named.Version).Prepend(named.Version).FirstOrDefault(found.ContainsKey) ?? VersionTags.Match(named.Version, found.Keys),
            ReleaseChoice.Tag tag when found.ContainsKey(tag.Name) => tag.Name,
            ReleaseChoice.Tag { Name: Latest } or ReleaseChoice.Newest => (VersionTags.Newest(stable) ?? VersionTags.Newest(found.Keys))?.Tag,
            ReleaseChoice.Pattern { Value: var value } when new ChannelPattern(value) is var pattern => (pattern.TakesPrereleases ? null : pattern.Newest(stable)) ?? pattern.Newest(found.Keys),
            _ => null,
        };
    }

    private async Task<Dictionary<string, GitHubRelease>> ReadAsync(CancellationToken cancellationToken) =>
        (await assets.Api.ListAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(r => r.Tag, StringComparer.Ordinal);

    private GitHubAsset? AssetOf(GitHubRelease release) => release.Assets.FirstOrDefault(a => a.Name == assets.NameIn(release));

    private Release Describe(GitHubRelease release, string? channel)
    {
        var version = FolderPattern().Replace(VersionTag.NameOf(release.Tag), "-");
        return new Release
        {
            Name = appName,
            Version = version,
            Tag = release.Tag,
            Channel = channel,
            Source = assets.Name,
            SizeBytes = AssetOf(release)?.Size,
            PublishedAt = release.PublishedAt,
            IsPrerelease = release.IsPrerelease,
            Page = release.Page,
            Notes = release.Notes ?? ReleaseNotes.AddressOf(releases, SemanticVersion.TryParse(version) is null ? null : version) ?? release.Page,
        };
    }

    private Finding Warning(string errorId, Release release, string message) => new()
    {
        Severity = FindingSeverity.Warning,
        ErrorId = errorId,
        Target = $"{release.Source}:{release.Tag}",
        Message = message,
        RecommendedAction = errorId == ErrorIds.ChecksumMissing
            ? $"Ask the publisher of {assets.Name} for a checksums.txt beside each release."
            : ErrorCatalogue.Find(errorId)?.DefaultAction,
    };

    /// <summary>What a release's folder is not called by.</summary>
    [GeneratedRegex(@"\A\.+|[^A-Za-z0-9._+-]")]
    private static partial Regex FolderPattern();
}
