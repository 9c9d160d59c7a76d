using System.Text.RegularExpressions;
using UpgradeOps.Engine.Apps;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Releases.Images;

/// <summary>Releases that are tags of one image repository.</summary>
/// <param name="platform">What images must have been built for.</param>
internal sealed partial class ImageReleaseSource(
    string appName, ReleasesDefinition releases, OciRegistryClient registry, Func<CancellationToken, Task<ImagePlatform>> platform) : IReleaseSource
{
    public async Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken)
    {
        var tags = await registry.ListTagsAsync(cancellationToken).ConfigureAwait(false);
        return [.. VersionTags.Sort(tags).Select(t => Describe(t.Tag, null))];
    }

    public async Task<Release> PeekAsync(string? version, string? channel, CancellationToken cancellationToken)
    {
        var choice = ReleaseChoice.From(releases, appName, version, channel);
        var (tag, digest) = await FindAsync(choice, cancellationToken).ConfigureAwait(false);
        return Describe(tag, choice.Channel) with { Digest = digest };
    }

    public async Task<Release> ResolveAsync(string? version, string? channel, CancellationToken cancellationToken)
    {
        var release = await PeekAsync(version, channel, cancellationToken).ConfigureAwait(false);
        var image = await new PlatformImage(registry, await platform(cancellationToken).ConfigureAwait(false)).OpenAsync(release.Digest!, release.Tag, cancellationToken).ConfigureAwait(false);
        var found = await new ImageVersion(registry).FindAsync(release.Tag, release.Digest!, image.Config, cancellationToken).ConfigureAwait(false);
        return release with
        {
            Version = found,
            Notes = NotesOf(found),
            SizeBytes = image.Manifest.Layers.Sum(l => l.Size),
            PublishedAt = image.Config.PublishedAt,
        };
    }

    private async Task<(string Tag, string Digest)> FindAsync(ReleaseChoice choice, CancellationToken cancellationToken)
    {
        var direct = choice switch
        {
            ReleaseChoice.Named named => VersionTags.Spellings(named.Version),
            ReleaseChoice.Tag tag => [tag.Name],
            _ => [],
        };
        foreach (var tag in direct.Where(IsTag))
        {
            if (await registry.HeadAsync(tag, cancellationToken).ConfigureAwait(false) is { } digest)
                return (tag, digest);
        }

        var tags = await registry.ListTagsAsync(cancellationToken).ConfigureAwait(false);
        var found = choice switch
        {
            ReleaseChoice.Named named => VersionTags.Match(named.Version, tags),
            ReleaseChoice.Pattern pattern => new ChannelPattern(pattern.Value).Newest(tags),
            ReleaseChoice.Newest => VersionTags.Newest(tags)?.Tag,
            _ => null,
        };
        var pinned = found is null ? null : await registry.HeadAsync(found, cancellationToken).ConfigureAwait(false);
        return pinned is null ? throw choice.NotFound(registry.Image.Text, tags) : (found!, pinned);
    }

    private Release Describe(string tag, string? channel) => new()
    {
        Name = appName,
        Version = VersionTag.NameOf(tag),
        Tag = tag,
        Channel = channel,
        Source = registry.Image.Text,
        Notes = NotesOf(VersionTag.NameOf(tag)),
    };

    private string? NotesOf(string version) => ReleaseNotes.AddressOf(releases, SemanticVersion.TryParse(version) is null ? null : version);

    private static bool IsTag(string text) => TagShape().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex TagShape();
}
