using System.Text;

namespace UpgradeOps.Integration.Faults;

/// <summary>What the faults of this run really came to, printed and in TestResults/faults.md.</summary>
internal static class FaultReport
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, string> Lines = [];

    public static string Root { get; } = FindRoot();

    public static void Add(FaultRow row, FaultOutcome outcome, TimeSpan took)
    {
        var line = $"| {row.Group} | {row.Fault} | {outcome.Status} | {row.Runs} | {outcome.Error?.ErrorId} | {Next(outcome)} | {took.TotalSeconds:0.0} s |";
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        lock (Gate)
        {
            Lines[row.Key] = line;
            var text = new StringBuilder("| | fault | result | runs | ErrorId | next | took |\n|---|---|---|---|---|---|---|\n");
            foreach (var known in FaultTable.Rows.Where(r => Lines.ContainsKey(r.Key)))
                text.Append(Lines[known.Key]).Append('\n');
            var folder = Directory.CreateDirectory(Path.Combine(Root, "TestResults")).FullName;
            File.WriteAllText(Path.Combine(folder, "faults.md"), text.ToString());
        }
    }

    private static string Next(FaultOutcome outcome) => outcome.Error is null ? "" : (outcome.Next ?? outcome.Error.RecommendedAction ?? "").Replace('|', '/');

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "UpgradeOps.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("UpgradeOps.sln is in no folder above");
        return folder;
    }
}
