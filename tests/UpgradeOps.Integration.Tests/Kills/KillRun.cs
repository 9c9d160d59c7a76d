using System.Diagnostics;
using System.Globalization;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Integration.Kills;

/// <summary>Runs a matrix, writes its table, and says what is wrong.</summary>
internal static class KillRun
{
    /// <summary>
    /// Every how manyth single kill is asked for, resumed and undone, with pairs and kills in the middle of an effect (<c>UPGRADEOPS_KILL_MATRIX</c>): 1 with <c>all</c>, N with
    /// <c>every:N</c>; null for a few.
    /// </summary>
    public static int? Stride => Environment.GetEnvironmentVariable("UPGRADEOPS_KILL_MATRIX") switch
    {
        "all" => 1,
        { } text when text.StartsWith("every:", StringComparison.Ordinal) => int.Parse(text["every:".Length..], CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>Of a few that are others each time; the table and every failure print it, and <c>UPGRADEOPS_KILL_SEED</c> gives it again.</summary>
    public static int Seed => Environment.GetEnvironmentVariable("UPGRADEOPS_KILL_SEED") is { Length: > 0 } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : Random.Shared.Next(1, 100_000_000);

    public static async Task RunAsync(string platform, Func<Task<IKillWorld>> make, IReadOnlyList<KillScenario> scenarios, KillPlan plan, ITestOutputHelper output)
    {
        var watch = Stopwatch.StartNew();
        var cells = await KillMatrix.RunAsync(make, scenarios, plan, c => KillTable.Save(platform, c, watch.Elapsed, plan), TestContext.Current.CancellationToken);

        var table = KillTable.Save(platform, cells, watch.Elapsed, plan);
        output.WriteLine(table);
        Assert.True(cells.Count > 2, $"only {cells.Count} cells were run ({plan})");
        Assert.True(cells.All(c => c.Wrong is null), $"{plan}\n{string.Join("\n", cells.Where(c => c.Wrong is not null))}");
    }
}
