using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

internal static class RehearsalView
{
    public static IRenderable Of(RehearsalReport report) => new Rows(
        new Markup($"[bold {(report.Passed ? "green" : "red")}]{(report.Passed ? "passed" : "failed")}[/]  "
            + Markup.Escape($"{report.Name} {report.From} -> {report.To}{(report.Reason is { } reason ? $": {reason}" : "")}")),
        TableView.Of(
            report.Steps,
            "Nothing was rehearsed.",
            ("Step", s => s.Description),
            ("Outcome", s => s.Outcome.ToString()),
            ("Time", s => Units.Duration(s.DurationSeconds))),
        TableView.Facts(
            ("Outage", report.EstimatedOutageSeconds is { } outage ? $"about {Units.Duration(outage)}" : null),
            ("In all", report.EstimatedSeconds is { } all ? $"about {Units.Duration(all)}" : null),
            ("Rows", string.Join("\n", report.Changed.Select(t => t.ToString()).Append($"{report.UnchangedTables} tables as before"))),
            ("Backup", report.BackupId)),
        FindingView.Of([.. report.Findings]));
}
