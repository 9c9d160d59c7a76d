using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Releases.Versions;

/// <summary>
/// A channel's value that holds <c>*</c>, such as <c>v1.*</c>, <c>*-beta*</c> or <c>*-alpine</c>. It means the newest tag that fits: by SemVer
/// where tags are versions, by natural order where none is. A fixed ending such as <c>-alpine</c> is a flavour, not a pre-release, and
/// pre-releases count only where the pattern asks for them with a dash before its last star, or where nothing else fits.
/// </summary>
internal sealed class ChannelPattern
{
    private readonly Regex _regex;
    private readonly string _flavour;
    private readonly bool _prereleases;

    public ChannelPattern(string pattern)
    {
        var escaped = string.Join(".*", pattern.Split('*').Select(Regex.Escape));
        _regex = new Regex($"^{escaped}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        var ending = pattern[(pattern.LastIndexOf('*') + 1)..];
        _flavour = ending.StartsWith('-') || ending.StartsWith('_') ? ending : "";
        _prereleases = pattern[..^_flavour.Length].Contains('-', StringComparison.Ordinal);
    }

    /// <summary>It asks for pre-releases too.</summary>
    public bool TakesPrereleases => _prereleases;

    public static bool IsPattern(string value) => value.Contains('*', StringComparison.Ordinal);

    /// <returns>Null when no tag fits.</returns>
    public string? Newest(IEnumerable<string> tags)
    {
        var fitting = tags.Where(t => _regex.IsMatch(t)).ToList();
        var versions = fitting.Select(t => (Tag: t, Version: SemanticVersion.TryParse(t[..^_flavour.Length]))).Where(v => v.Version is not null).ToList();
        if (versions.Count == 0)
            return fitting.Max(NaturalOrder.Instance);

        if (!_prereleases && versions.Exists(v => !v.Version!.IsPrerelease))
            versions.RemoveAll(v => v.Version!.IsPrerelease);
        return versions.OrderBy(v => v.Version).ThenBy(v => v.Tag, NaturalOrder.Instance).Last().Tag;
    }
}
