namespace UpgradeOps.Engine.Releases.Git;

/// <summary>A commit's id as the digest of a release: <c>sha1:…</c>, or <c>sha256:…</c> in a repository of that format.</summary>
internal static class GitDigest
{
    public static string Of(string commit) => $"{(commit.Length == 40 ? "sha1" : "sha256")}:{commit}";

    /// <returns>The commit; null when it is no digest of one.</returns>
    public static string? CommitOf(string? digest) => digest?.Split(':') is [_, { Length: 40 or 64 } commit] ? commit : null;
}
