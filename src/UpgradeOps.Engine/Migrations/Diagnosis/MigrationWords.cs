using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Migrations.Diagnosis;

/// <summary>Finds in what an application wrote that one of its migrations failed.</summary>
internal static partial class MigrationWords
{
    /// <summary>How many lines from the tool's sentence the server's may stand.</summary>
    private const int Reach = 20;

    private enum Kind
    {
        Begun,
        Ended,
        Failed,
    }

    /// <param name="log">Lines, oldest first.</param>
    /// <returns>
    /// Null when they tell of no failed migration. An application that is started again fails again, and often for what the first attempt
    /// left behind: of the last migration's failures the first is the cause.
    /// </returns>
    public static MigrationFault? Read(IEnumerable<string> log)
    {
        var lines = log.Select(l => Colour().Replace(l, "").TrimEnd()).ToList();
        var faults = Faults(lines).ToList();
        if (faults.Count == 0)
            return null;
        var cause = faults[^1];
        foreach (var earlier in Enumerable.Reverse(faults).Skip(1).TakeWhile(f => f.Version is null || cause.Version is null || f.Version == cause.Version))
        {
            // A database that was not up yet is no cause: the application came back for it.
            if (earlier.Message?.Contains("connect", StringComparison.OrdinalIgnoreCase) == true)
                break;
            cause = earlier with { Version = earlier.Version ?? cause.Version, Title = earlier.Title ?? cause.Title };
        }

        return cause;
    }

    private static IEnumerable<MigrationFault> Faults(List<string> lines)
    {
        var marks = lines.SelectMany((line, at) => Mark.Of(line, at) is { } mark ? [mark] : Array.Empty<Mark>()).ToList();
        for (var i = 0; i < marks.Count; i++)
        {
            var mark = marks[i];
            var next = i + 1 < marks.Count ? marks[i + 1] : null;
            var after = Said(lines, mark.At + 1, Math.Min(next?.At ?? lines.Count, mark.At + 1 + Reach)).FirstOrDefault();
            if (mark.Kind == Kind.Failed)
            {
                var begun = i > 0 && marks[i - 1].Kind == Kind.Begun ? marks[i - 1] : null;
                var before = Said(lines, begun?.At ?? Math.Max(i > 0 ? marks[i - 1].At + 1 : 0, mark.At - Reach), mark.At).LastOrDefault();
                if (mark["v"] is { } version && begun?["v"] is { } other && other != version)
                    begun = null;
                yield return new MigrationFault(mark["v"] ?? begun?["v"], mark["t"] ?? begun?["t"], Unwrap(mark["m"] ?? after ?? before));
            }
            else if (mark.Kind == Kind.Begun && next?.Kind is not (Kind.Failed or Kind.Ended) && after is not null)
            {
                // Its tool says nothing when it fails; the server did.
                yield return new MigrationFault(mark["v"], mark["t"], Unwrap(after));
            }
        }
    }

    private static IEnumerable<string> Said(List<string> lines, int from, int to) =>
        lines.Take(to).Skip(from).Select(Said).OfType<string>();

    private static string? Said(string line) =>
        Sentence.Server.Select(s => s.Match(line)).FirstOrDefault(m => m.Success)?.Groups["m"].Value.Trim();

    /// <summary>The server's own words out of the tool's around them.</summary>
    private static string? Unwrap(string? message) =>
        message is null ? null : (Said(message) ?? message).Replace("\\\"", "\"", StringComparison.Ordinal).Trim();

    [GeneratedRegex(@"\x1b\[[0-9;]*[A-Za-z]")]
    private static partial Regex Colour();

    private sealed record Mark(int At, Kind Kind, Match Match)
    {
        public string? this[string group] => Match.Groups[group] is { Success: true, Value.Length: > 0 } found ? found.Value.Trim() : null;

        public static Mark? Of(string line, int at) =>
            Find(Sentence.Failed, Kind.Failed, line, at) ?? Find(Sentence.Ended, Kind.Ended, line, at) ?? Find(Sentence.Begun, Kind.Begun, line, at);

        private static Mark? Find(IReadOnlyList<Regex> sentences, Kind kind, string line, int at) =>
            sentences.Select(s => s.Match(line)).FirstOrDefault(m => m.Success) is { } match ? new Mark(at, kind, match) : null;
    }
}
