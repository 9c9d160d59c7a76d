using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

internal static class SmokeView
{
    public static IRenderable Of(SmokeReport report) => new Rows(
        new Markup($"[bold {(report.Passed ? "green" : "red")}]{(report.Passed ? "passed" : "failed")}[/]  "
            + Markup.Escape($"{report.Name}{(report.Reason is { } reason ? $": {reason}" : "")}{(report.NotRun.Count > 0 ? $" (not run: {string.Join(", ", report.NotRun)})" : "")}")),
        TableView.Of(
            report.Tests,
            "No smoke test ran.",
            ("Test", t => t.Test),
            ("Passed", t => Units.YesNo(t.Passed)),
            ("Time", t => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{t.DurationMilliseconds:0} ms")),
            ("Action", t => t.Action)));
}
