using System.Text;

namespace UpgradeOps.KillHost.Matrix;

/// <summary>The matrix for people: boundary of the first kill × what ran in the end.</summary>
internal static class KillTable
{
    /// <summary>A Markdown table a scenario; then whatever went wrong.</summary>
    public static string Render(string platform, IReadOnlyList<KillCell> cells, TimeSpan took, KillPlan plan)
    {
        var singles = cells.Count(c => c.Second is null);
        var text = new StringBuilder()
            .AppendLine($"# Kill matrix: {platform}")
            .AppendLine()
            .AppendLine($"{cells.Count} runs: {singles} with one kill, {cells.Count - singles} with two; {cells.Count(c => c.Wrong is not null)} went wrong. {took.TotalSeconds:0} s. {plan}.");
        foreach (var scenario in cells.GroupBy(c => c.Scenario))
        {
            text.AppendLine().AppendLine($"## The update {scenario.Key}").AppendLine()
                .AppendLine("| update killed | resumed | resume killed too | undone | undo killed too |")
                .AppendLine("|---|---|---|---|---|");
            foreach (var row in scenario.GroupBy(c => (c.FirstIndex, c.First)).OrderBy(g => g.Key.FirstIndex).ThenBy(g => g.Key.First, StringComparer.Ordinal))
            {
                text.Append($"| {row.Key.FirstIndex}. {row.Key.First} ");
                foreach (var verb in KillMatrix.Verbs)
                {
                    text.Append($"| {Sum(row.Where(c => c.Verb == verb && c.Second is null), counted: false)} ");
                    text.Append($"| {Sum(row.Where(c => c.Verb == verb && c.Second is not null), counted: true)} ");
                }

                text.AppendLine("|");
            }
        }

        foreach (var wrong in cells.Where(c => c.Wrong is not null))
            text.AppendLine().Append("WRONG: ").AppendLine(wrong.ToString());
        return text.ToString();
    }

    /// <summary>Writes the table and every single cell below <c>TestResults/kill-matrix</c> of the repository.</summary>
    public static string Save(string platform, IReadOnlyList<KillCell> cells, TimeSpan took, KillPlan plan)
    {
        var table = Render(platform, cells, took, plan);
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "UpgradeOps.sln")))
            root = root.Parent;
        var folder = Path.Combine(root?.FullName ?? AppContext.BaseDirectory, "TestResults", "kill-matrix");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{platform}.md"), table);
        File.WriteAllLines(Path.Combine(folder, $"{platform}.txt"), cells.Select(c => c.ToString()));
        return table;
    }

    private static string Sum(IEnumerable<KillCell> cells, bool counted) => string.Join(
        ", ",
        cells.GroupBy(c => c.Outcome ?? "WRONG").OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => counted ? $"{g.Count()} × {g.Key}" : g.Key));
}
