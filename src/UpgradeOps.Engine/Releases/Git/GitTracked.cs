namespace UpgradeOps.Engine.Releases.Git;

/// <summary>What a commit has at a path, beside what a folder has there.</summary>
/// <param name="Path">Relative to the folder.</param>
/// <param name="Mode">Git's: <c>100644</c>, <c>100755</c> for what can be run, or one of those below.</param>
/// <param name="Id">Of its content.</param>
/// <param name="Here">Of a file's or link's content alone; whether it can be run does not count.</param>
internal sealed record GitTracked(string Path, string Mode, string Id, GitPresence Here)
{
    public const string Link = "120000";
    public const string Submodule = "160000";

    public bool IsFile => Mode is "100644" or "100755";

    public bool IsExecutable => Mode == "100755";

    /// <summary>From <see cref="GitScripts.Compare"/>. What has a name that is no text is left out.</summary>
    public static IReadOnlyList<GitTracked> Read(string output)
    {
        var fields = output.Split('\0');
        var end = Array.IndexOf(fields, "");
        var here = fields[(end + 1)..].Chunk(2).Where(c => c.Length == 2).ToDictionary(c => c[1], c => c[0] == "D" ? GitPresence.Missing : GitPresence.Other);
        return
        [
            .. from line in fields[..end]
               let parts = line.Split('\t', 2)
               let words = parts[0].Split(' ')
               where parts.Length == 2 && words.Length == 3 && !parts[1].Contains('\ufffd', StringComparison.Ordinal)
               select new GitTracked(parts[1], words[0], words[2], here.GetValueOrDefault(parts[1], GitPresence.Same)),
        ];
    }

    /// <summary>From <see cref="GitScripts.Filters"/>.</summary>
    public static IReadOnlySet<string> ReadFiltered(string output) =>
        output.Split('\0').Chunk(3).Where(c => c is [_, _, not ("unspecified" or "unset")]).Select(c => c[0]).ToHashSet();
}

/// <summary>What a folder has where a commit has something.</summary>
internal enum GitPresence
{
    Same,
    Other,
    Missing,
}
