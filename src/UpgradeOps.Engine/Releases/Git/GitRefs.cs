using System.Globalization;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Releases.Git;

/// <summary>A tag or the head of a branch.</summary>
/// <param name="Name">Short, such as <c>v1.2.0</c> or <c>main</c>.</param>
/// <param name="Commit">What it points to, through an annotation or not.</param>
/// <param name="At">When it was made; null where only the remote was asked.</param>
internal sealed record GitRef(string Name, string Commit, DateTimeOffset? At);

/// <summary>The tags and branches of a repository, by name.</summary>
internal sealed record GitRefs(IReadOnlyDictionary<string, GitRef> Tags, IReadOnlyDictionary<string, GitRef> Heads)
{
    private const string HeadPrefix = "refs/heads/";
    private const string TagPrefix = "refs/tags/";

    /// <summary>From <see cref="GitScripts.Refs"/>.</summary>
    public static GitRefs FromCopy(string output) => Sort(
        from line in Lines(output)
        let parts = line.Split('|', 4)
        where parts.Length == 4
        select (parts[3], parts[1].Length > 0 ? parts[1] : parts[0], Moment(parts[2])));

    /// <summary>From <c>git ls-remote</c>: an annotated tag stands there twice, the second time with what it points to.</summary>
    public static GitRefs FromRemote(string output) => Sort(
        from line in Lines(output)
        let parts = line.Split('\t', 2)
        where parts.Length == 2
        let peeled = parts[1].EndsWith("^{}", StringComparison.Ordinal)
        orderby peeled
        select (peeled ? parts[1][..^3] : parts[1], parts[0], (DateTimeOffset?)null));

    public static string RefOfTag(string name) => TagPrefix + name;

    public static string RefOfHead(string name) => HeadPrefix + name;

    /// <summary>The newest version with which this commit is tagged.</summary>
    public string? VersionTagOf(string commit) => VersionTags.Newest(Tags.Values.Where(t => t.Commit == commit).Select(t => t.Name))?.Tag;

    private static GitRefs Sort(IEnumerable<(string Ref, string Commit, DateTimeOffset? At)> found)
    {
        var (tags, heads) = (new Dictionary<string, GitRef>(StringComparer.Ordinal), new Dictionary<string, GitRef>(StringComparer.Ordinal));
        foreach (var (name, commit, at) in found)
        {
            if (name.StartsWith(TagPrefix, StringComparison.Ordinal))
                tags[name[TagPrefix.Length..]] = new GitRef(name[TagPrefix.Length..], commit, at);
            else if (name.StartsWith(HeadPrefix, StringComparison.Ordinal))
                heads[name[HeadPrefix.Length..]] = new GitRef(name[HeadPrefix.Length..], commit, at);
        }

        return new GitRefs(tags, heads);
    }

    private static IEnumerable<string> Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static DateTimeOffset? Moment(string seconds) =>
        long.TryParse(seconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? DateTimeOffset.FromUnixTimeSeconds(value) : null;
}
