using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

internal static class StatusView
{
    public static IRenderable Of(IReadOnlyList<AppStatus> all)
    {
        var parts = new List<IRenderable>
        {
            TableView.Of(
                all,
                "No application is registered.",
                ("Name", s => s.Name),
                ("Running", s => s.RunningVersion ?? "unknown"),
                ("Latest", s => s.LatestVersion ?? "unknown"),
                ("Channel", s => s.Channel),
                ("Update", s => s.UpdateAvailable ? "available" : s.Problems.Any(p => p.ErrorId == ErrorIds.KnownBad) ? "known bad" : ""),
                ("Healthy", s => Units.YesNo(s.Healthy)),
                ("Pending", s => s.PendingOperation),
                ("Last backup", s => s.LastBackupId)),
        };
        if (all is [{ Commits.Count: > 0 } one])
            parts.Add(CommitView.Of(one.Commits));
        var problems = all.SelectMany(s => s.Problems).ToList();
        if (problems.Count > 0)
            parts.Add(FindingView.Of(problems));
        return new Rows(parts);
    }
}
