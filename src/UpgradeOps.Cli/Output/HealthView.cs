using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

internal static class HealthView
{
    public static IRenderable Of(HealthReport report) => new Rows(
        new Markup($"[bold {(report.Healthy ? "green" : "red")}]{(report.Healthy ? "healthy" : "not healthy")}[/]  "
            + Markup.Escape($"{report.Name}{(report.RunningVersion is { } version ? $" {version}" : "")}{(report.Reason is { } reason ? $": {reason}" : "")}")),
        TableView.Of(
            report.Checks,
            "No health check is declared.",
            ("Check", c => c.Check),
            ("Passed", c => Units.YesNo(c.Passed)),
            ("Status", c => $"{c.StatusCode}"),
            ("Version", c => c.Version),
            ("Time", c => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{c.LatencyMilliseconds:0.0} ms")),
            ("Answered by", c => c.InstanceId is { Length: > 20 } id ? id[..12] : c.InstanceId)));
}
