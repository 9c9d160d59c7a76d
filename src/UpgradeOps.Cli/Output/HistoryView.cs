using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

/// <summary>Operations of the past: a line each, or one with all that is known of it.</summary>
internal static class HistoryView
{
    public static IRenderable Of(IReadOnlyList<HistoryEntry> all) => TableView.Of(
        all,
        "Nothing was done yet.",
        ("Operation", h => h.OperationId),
        ("Kind", h => h.Kind.ToString()),
        ("Status", h => h.Status?.ToString() ?? "open"),
        ("From", h => h.From),
        ("To", h => h.To),
        ("Took", h => Units.Duration(h.DurationSeconds)),
        ("Outage", h => h.OutageSeconds is { } outage ? Units.Duration(outage) : ""),
        ("By", Who),
        ("Kept aside", h => string.Join(", ", h.KeptAside)),
        ("Reason", h => Units.Short(h.Reason)));

    public static IRenderable Of(HistoryEntry entry) => TableView.Facts(
        ("Operation", entry.OperationId),
        ("Kind", entry.Kind.ToString() + (entry.Forced ? ", forced" : "")),
        ("Asked", entry.Asked),
        ("Undoes", entry.Undoes),
        ("Status", entry.Status?.ToString() ?? "open"),
        ("From", End(entry.From, entry.FromDigest)),
        ("To", End(entry.To, entry.ToDigest)),
        ("Channel", entry.Channel),
        ("Plan", entry.PlanHash),
        ("By", entry.Actor is { } actor ? $"{Who(entry)} as {actor.User}, process {actor.ProcessId}" : entry.By),
        ("Continued", string.Join("\n", entry.Continued.Select(c => $"{Units.Moment(c.At)} {c.What}{(c.Forced ? ", forced" : "")} by {Who(c.Actor)}"))),
        ("Started", Units.Moment(entry.StartedAt)),
        ("Ended", Units.Moment(entry.EndedAt)),
        ("Took", Units.Duration(entry.DurationSeconds)),
        ("Outage", entry.OutageSeconds is { } outage ? Units.Duration(outage) : ""),
        ("Reason", entry.Reason),
        ("Error", entry.ErrorId),
        ("Next", entry.Next is { } next ? CommandWords.ForConsole(next) : null),
        ("Data", entry.Data?.ToString().ToLowerInvariant()),
        ("Since backup", string.Join("\n", entry.DataSince.Select(Changes))),
        ("Backups", string.Join("\n", entry.BackupIds)),
        ("Kept aside", ResultView.Kept(entry.KeptAside)),
        ("Evidence", string.Join("\n", entry.Evidence)));

    private static string Who(HistoryEntry entry) => entry.Actor is { } actor ? Who(actor) : entry.By;

    private static string Who(Actor actor) => actor.Face is { } face ? $"{actor} ({face})" : actor.ToString();

    private static string End(string? version, string? digest) => $"{version ?? "nothing"} {Units.ShortDigest(digest)}".TrimEnd();

    private static string Changes(TableChange change) =>
        $"{change.Table}: {change.RowsThen?.ToString() ?? "no"} rows then, {change.RowsNow?.ToString() ?? "none"} now, at least {change.NewerRows} newer, {change.GoneRows} gone";
}
