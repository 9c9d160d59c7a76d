using System.Collections.Concurrent;

namespace UpgradeOps.KillHost.Matrix;

/// <summary>Runs an update, kills it at every boundary, and kills what goes on with it at every boundary again.</summary>
internal static class KillMatrix
{
    public static readonly IReadOnlyList<string> Verbs = ["resume", "undo"];

    // More of them tell nothing new.
    private const int TooMany = 25;

    /// <param name="progress">Told after each row what was run so far; null for nobody.</param>
    /// <param name="makeWorld">Makes a world; called once a worker, and again after a cell that went wrong.</param>
    /// <returns>Every cell that was run, in order.</returns>
    public static async Task<IReadOnlyList<KillCell>> RunAsync(
        Func<Task<IKillWorld>> makeWorld, IReadOnlyList<KillScenario> scenarios, KillPlan plan, Action<IReadOnlyList<KillCell>>? progress, CancellationToken cancellationToken)
    {
        var cells = new ConcurrentBag<KillCell>();
        await using var worlds = new KillWorlds(makeWorld);
        var rows = new KillRows(scenarios, plan);
        await RunAsync(rows.Next, rows.End);

        // Only now is it known how many boundaries there are to draw from.
        var drawn = new ConcurrentQueue<KillRow>(KillRows.Draw(scenarios, plan, InOrder(cells)));
        await RunAsync(() => drawn.TryDequeue(out var row) ? row : null, _ => { });
        return InOrder(cells);

        Task RunAsync(Func<KillRow?> next, Action<KillRow> ended) => Task.WhenAll(Enumerable.Range(0, plan.Workers).Select(_ => Task.Run(
            async () =>
            {
                while (cells.Count(c => c.Wrong is not null) < TooMany && next() is { } row)
                {
                    if (!await RunRowAsync(worlds, row, plan, cells, cancellationToken))
                        ended(row);
                    lock (rows)
                        progress?.Invoke(InOrder(cells));
                }
            },
            cancellationToken)));
    }

    private static List<KillCell> InOrder(IEnumerable<KillCell> cells) =>
        cells.OrderBy(c => c.Scenario).ThenBy(c => c.FirstIndex).ThenBy(c => c.Verb).ThenBy(c => c.SecondIndex).ToList();

    /// <returns>False when the update was over before this boundary.</returns>
    private static async Task<bool> RunRowAsync(KillWorlds worlds, KillRow row, KillPlan plan, ConcurrentBag<KillCell> cells, CancellationToken cancellationToken)
    {
        const int enough = 3;
        var wrong = 0;
        var one = row.Second is not null || plan.SecondStride == 0 || row.Delay > TimeSpan.Zero;
        for (var second = row.Second ?? (one ? 0 : 1 + (row.First % plan.SecondStride)); ; second += plan.SecondStride)
        {
            var world = await worlds.TakeAsync();
            var cell = await KillCell.RunAsync(world, row.Scenario, row.First, row.Delay, row.Verb, second, cancellationToken);
            await worlds.GiveBackAsync(world, whole: cell?.Wrong is null);
            if (cell is null)
                return false;
            cells.Add(cell);

            // The second one lived: it has no boundary of this number.
            if (one || row.Scenario.IsTheSame(cell.First, row.Verb) || (cell.Second is null && cell.Wrong is null) || (cell.Wrong is not null && ++wrong == enough))
                return true;
        }
    }
}
