using System.Globalization;

namespace UpgradeOps.Engine.Releases.Git;

internal enum GitRelation
{
    /// <summary>The commit that runs is not in the repository: it was made anew, or the copy of it was.</summary>
    Unknown,
    Ahead,
    Behind,
    Diverged,
}

/// <summary>What <see cref="GitScripts.Log"/> tells.</summary>
/// <param name="Commits">Newest first.</param>
internal sealed record GitLog(GitRelation Relation, IReadOnlyList<ReleaseCommit> Commits)
{
    public static GitLog Parse(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var relation = Enum.TryParse<GitRelation>(lines.FirstOrDefault(), ignoreCase: true, out var known) ? known : GitRelation.Unknown;
        return new GitLog(relation, [.. lines.Skip(1).Select(Commit).OfType<ReleaseCommit>()]);
    }

    private static ReleaseCommit? Commit(string line)
    {
        if (line.Split('|', 3) is not [var id, var seconds, var rest] || !long.TryParse(seconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at))
            return null;
        var (author, subject) = rest.Split('\x1f', 2) is [var a, var s] ? (a, s) : ("", rest);
        return new ReleaseCommit { Id = id, Author = GitText.Line(author), At = Moment(at), Subject = GitText.Line(subject) };
    }

    /// <summary>A commit's time is whatever its author's clock said.</summary>
    private static DateTimeOffset Moment(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
