using UpgradeOps.Engine.Text;

namespace UpgradeOps.Engine.Releases.Versions;

/// <summary>A tag (or folder name) that is a version.</summary>
internal sealed record VersionTag(string Tag, SemanticVersion Version)
{
    /// <summary>The version as a person writes it: the tag with SemVer's own sign before the build.</summary>
    public string Name => NameOf(Tag);

    public static string NameOf(string tag) => SemanticVersion.TryParse(tag)?.Build is null ? tag : ReplaceFirst(tag);

    private static string ReplaceFirst(string tag) =>
        tag.IndexOf('_', StringComparison.Ordinal) is var at and >= 0 ? $"{tag[..at]}+{tag[(at + 1)..]}" : tag;
}

/// <summary>Tags seen as versions. A registry's own order means nothing.</summary>
internal static class VersionTags
{
    /// <summary>Newest first; among equals (<c>1.2</c>, <c>1.2.0</c>) the more exact one first. Tags that are no version are left out.</summary>
    public static IReadOnlyList<VersionTag> Sort(IEnumerable<string> tags) =>
    [
        .. tags.Select(t => (Tag: t, Version: SemanticVersion.TryParse(t)))
            .Where(t => t.Version is not null)
            .Select(t => new VersionTag(t.Tag, t.Version!))
            .OrderByDescending(t => t.Version)
            .ThenByDescending(t => t.Tag.TrimStart('v', 'V').Length)
            .ThenByDescending(t => t.Tag, NaturalOrder.Instance),
    ];

    /// <summary>The newest that is no pre-release; where there are only pre-releases, the newest of them.</summary>
    public static VersionTag? Newest(IEnumerable<string> tags)
    {
        var sorted = Sort(tags);
        return sorted.FirstOrDefault(t => !t.Version.IsPrerelease) ?? sorted.FirstOrDefault();
    }

    /// <summary>Names under which a version may be tagged, the one that was given first.</summary>
    public static IReadOnlyList<string> Spellings(string version)
    {
        var tag = version.Replace('+', '_');
        var other = tag.StartsWith('v') ? tag[1..] : $"v{tag}";
        return SemanticVersion.TryParse(tag) is null ? [tag] : [tag, other];
    }

    /// <summary>The tag of an equal version, written in another way (<c>1.2.0</c> for <c>1.2</c> is not meant: only what differs in v, zeros or build).</summary>
    public static string? Match(string version, IEnumerable<string> tags)
    {
        var wanted = SemanticVersion.TryParse(version);
        return wanted is null ? null : Sort(tags).FirstOrDefault(t => t.Version.Equals(wanted) && SamePrecision(t.Tag, version) && BuildFits(t.Version, wanted))?.Tag;
    }

    /// <summary>Up to <paramref name="count"/> tags that a person may have meant, likeliest first.</summary>
    public static IReadOnlyList<string> Nearest(string wanted, IReadOnlyCollection<string> tags, int count = 5)
    {
        var alike = tags.Select(t => (Tag: t, Distance: EditDistance.Between(wanted, t)))
            .Where(t => t.Distance <= Math.Max(2, wanted.Length / 3))
            .OrderBy(t => t.Distance).ThenByDescending(t => t.Tag, NaturalOrder.Instance)
            .Select(t => t.Tag);
        var newest = Sort(tags).Select(t => t.Tag);
        return [.. alike.Concat(newest).Concat(tags.OrderDescending(NaturalOrder.Instance)).Distinct().Take(count)];
    }

    private static bool SamePrecision(string a, string b) => Parts(a) == Parts(b);

    private static int Parts(string version) => version.Split('-', '+', '_')[0].Count(c => c == '.');

    private static bool BuildFits(SemanticVersion tagged, SemanticVersion wanted) => wanted.Build is null || wanted.Build == tagged.Build;
}
