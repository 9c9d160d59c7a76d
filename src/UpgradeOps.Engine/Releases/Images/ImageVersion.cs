using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Releases.Images;

/// <summary>
/// Finds out which version a tag carries. A tag that is a full version says it itself; a moving one (<c>latest</c>, <c>1.2</c>) does not: then the
/// image's version label tells, else a version tag on the same digest, else there is nothing better than the tag.
/// </summary>
internal sealed class ImageVersion(OciRegistryClient registry)
{
    private const int MostTags = 20;
    private const int AtOnce = 8;

    public async Task<string> FindAsync(string tag, string digest, ImageConfig config, CancellationToken cancellationToken)
    {
        var own = SemanticVersion.TryParse(tag);
        if (own is not null && !IsSeries(tag))
            return VersionTag.NameOf(tag);
        if (SemanticVersion.TryParse(config.Version) is not null && (own is null || Continues(tag, config.Version!)))
            return config.Version!;
        return await TwinAsync(tag, digest, cancellationToken).ConfigureAwait(false) ?? tag;
    }

    /// <summary>The newest version tag on the same digest. Not being allowed to list tags only costs the name.</summary>
    private async Task<string?> TwinAsync(string tag, string digest, CancellationToken cancellationToken)
    {
        try
        {
            var tags = await registry.ListTagsAsync(cancellationToken).ConfigureAwait(false);
            var versions = VersionTags.Sort(tags).Where(t => t.Tag != tag && !IsSeries(t.Tag)).Take(MostTags).ToList();
            var digests = new string?[versions.Count];
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(Enumerable.Range(0, versions.Count), parallel, async (i, token) =>
                digests[i] = await registry.HeadAsync(versions[i].Tag, token).ConfigureAwait(false)).ConfigureAwait(false);
            return Array.IndexOf(digests, digest) is var at and >= 0 ? versions[at].Name : null;
        }
        catch (AppException)
        {
            return null;
        }
    }

    /// <summary>Two numbers name a series of versions, and move with it.</summary>
    private static bool IsSeries(string tag) => tag.AsSpan(tag[0] is 'v' or 'V' ? 1 : 0) is var text && text.Count('.') == 1 && text.IndexOfAny('-', '_', '+') < 0;

    private static bool Continues(string series, string version) =>
        version.TrimStart('v', 'V').StartsWith($"{series.TrimStart('v', 'V')}.", StringComparison.Ordinal);
}
