using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Releases.Git;

/// <summary>What a changelog says about one version: from the heading that names it to the next one of its rank.</summary>
internal static partial class ChangelogSection
{
    private const int Longest = 8 * 1024;

    /// <returns>Null when no heading names the version, or nothing stands below it.</returns>
    public static string? Find(string changelog, string version)
    {
        var wanted = Plain(version);
        var lines = changelog.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            if (Rank(lines, at) is not { } rank || !Names(lines[at], wanted))
                continue;
            var first = Underlined(lines, at) ? at + 2 : at + 1;
            var last = first;
            while (last < lines.Length && !(Rank(lines, last) <= rank))
                last++;
            var text = string.Join('\n', lines[first..last]).Trim('\n', ' ');
            return text.Length == 0 ? null : text.Length > Longest ? text[..Longest] + "…" : text;
        }

        return null;
    }

    private static int? Rank(string[] lines, int at)
    {
        var marks = lines[at].TakeWhile(static c => c == '#').Count();
        if (marks is > 0 and < 5 && lines[at].Length > marks && lines[at][marks] == ' ')
            return marks;
        return Underlined(lines, at) ? lines[at + 1][0] == '=' ? 1 : 2 : null;
    }

    private static bool Underlined(string[] lines, int at) =>
        lines[at].Trim().Length > 0 && at + 1 < lines.Length && lines[at + 1].Trim() is { Length: >= 3 } rule && (rule.All(static c => c == '=') || rule.All(static c => c == '-'));

    private static bool Names(string heading, string version) => VersionPattern().Matches(heading).Any(m => Plain(m.Value) == version);

    private static string Plain(string version) => version.Length > 1 && version[0] is 'v' or 'V' ? version[1..] : version;

    [GeneratedRegex(@"(?<![\w.])[vV]?[0-9]+(\.[0-9]+)+([-+][0-9A-Za-z.+-]*[0-9A-Za-z])?")]
    private static partial Regex VersionPattern();
}
