using System.Collections.Concurrent;

namespace UpgradeOps.KillHost.Matrix;

/// <summary>Runs an update, kills it at every boundary, and kills what goes on with it at every boundary again.</summary>
internal static class KillMatrix
{
    public static readonly IReadOnlyList<string> Verbs = ["resume", "undo"];

    /// <param name="progress">Told after each row what was run so far; null for nobody.</param>
    /// <param name="makeWorld">Makes a world; called once a worker, and again after a cell that went wrong.</param>
    /// <returns>Every cell that was run, in order.</returns>
    public static async Task<IReadOnlyList<KillCell>> RunAsync(
        Func<Task<IKillWorld>> makeWorld, IReadOnlyList<KillScenario> scenarios, KillPlan plan, Action<IReadOnlyList<KillCell>>? progress, CancellationToken cancellationToken)
    {
        var rows = new Rows(scenarios, plan);
        var cells = new ConcurrentBag<KillCell>();
        var workers = Enumerable.Range(0, plan.Workers).Select(_ => Task.Run(
            async () =>
            {
                IKillWorld? world = null;
                try
                {
                    while (rows.Next() is { } row)
                    {
                        world = await RunRowAsync(world, makeWorld, row, plan, rows, cells, cancellationToken);
                        lock (rows)
                            progress?.Invoke(InOrder(cells));
                    }
                }
                finally
                {
                    if (world is not null)
                        await world.DisposeAsync();
                }
            },
            cancellationToken));
        await Task.WhenAll(workers);
        return InOrder(cells);
    }

    private static List<KillCell> InOrder(IEnumerable<KillCell> cells) =>
        cells.OrderBy(c => c.Scenario).ThenBy(c => c.FirstIndex).ThenBy(c => c.Verb).ThenBy(c => c.SecondIndex).ToList();

    private static async Task<IKillWorld> RunRowAsync(
        IKillWorld? world, Func<Task<IKillWorld>> makeWorld, Row row, KillPlan plan, Rows rows, ConcurrentBag<KillCell> cells, CancellationToken cancellationToken)
    {
        const int enough = 3;
        var wrong = 0;
        var none = plan.SecondStride == 0 || row.Delay > TimeSpan.Zero;
        for (var second = none ? 0 : 1 + (row.First % plan.SecondStride); ; second += plan.SecondStride)
        {
            world ??= await makeWorld();
            var cell = await KillCell.RunAsync(world, row.Scenario, row.First, row.Delay, row.Verb, second, cancellationToken);
            if (cell is null)
            {
                // The update was over before this boundary.
                rows.End(row);
                return world;
            }

            cells.Add(cell);
            if (cell.Wrong is not null)
            {
                await world.DisposeAsync();
                world = null;
            }

            // The second one lived: it has no boundary of this number.
            if (none || row.Scenario.IsTheSame(cell.First, row.Verb) || (cell.Second is null && cell.Wrong is null) || (cell.Wrong is not null && ++wrong == enough))
                return world ?? await makeWorld();
        }
    }

    internal sealed record Row(KillScenario Scenario, string Verb, int First, TimeSpan Delay);

    /// <summary>Hands out the first kills; how many there are shows when one is not reached.</summary>
    private sealed class Rows(IReadOnlyList<KillScenario> scenarios, KillPlan plan)
    {
        private readonly Random _random = new(plan.Seed);
        private readonly Dictionary<string, int> _ends = [];
        private readonly Lock _lock = new();
        private int _group;
        private int _first;
        private int _middle;

        public Row? Next()
        {
            lock (_lock)
            {
                while (_group < scenarios.Count * Verbs.Count)
                {
                    var scenario = scenarios[_group / Verbs.Count];
                    _first = _first == 0 ? 1 + (plan.Seed % plan.FirstStride) : _first + plan.FirstStride;
                    if (_first < _ends.GetValueOrDefault(scenario.Name, int.MaxValue))
                        return new Row(scenario, Verbs[_group % Verbs.Count], _first, TimeSpan.Zero);
                    _group++;
                    _first = 0;
                }

                if (_middle++ >= plan.InTheMiddle)
                    return null;
                var chosen = scenarios[_middle % scenarios.Count];
                return new Row(
                    chosen,
                    Verbs[_middle / scenarios.Count % Verbs.Count],
                    1 + _random.Next(_ends.GetValueOrDefault(chosen.Name, 2) - 1),
                    TimeSpan.FromMilliseconds(0.1 + (_random.NextDouble() * plan.MiddleWithin.TotalMilliseconds)));
            }
        }

        public void End(Row row)
        {
            lock (_lock)
            {
                if (row.Delay == TimeSpan.Zero)
                    _ends[row.Scenario.Name] = Math.Min(row.First, _ends.GetValueOrDefault(row.Scenario.Name, int.MaxValue));
            }
        }
    }
}
