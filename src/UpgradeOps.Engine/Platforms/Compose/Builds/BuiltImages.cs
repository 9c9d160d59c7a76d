using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Builds;

/// <summary>How images of commits are called. What runs is never called only so: Compose asks for its own name, which moves.</summary>
internal static class BuiltImages
{
    private const string Prefix = "git-";
    private const int Digits = 12;

    public static string NameOf(string repository, Release release) => $"{repository}:{Prefix}{GitDigest.CommitOf(release.Digest)?[..Digits]}";

    public static bool IsOne(string name, string repository) => name.StartsWith($"{repository}:{Prefix}", StringComparison.Ordinal);

    /// <summary>All images of commits that have this repository's name.</summary>
    public static string Pattern(string repository) => $"{repository}:{Prefix}*";
}
