namespace UpgradeOps.KillHost.Matrix;

/// <summary>A first kill, and what is done then.</summary>
/// <param name="Second">Its one second kill; null for as many as the plan wants.</param>
internal sealed record KillRow(KillScenario Scenario, string Verb, int First, TimeSpan Delay, int? Second = null);

/// <summary>Hands out the first kills; how many there are shows when one is not reached.</summary>
internal sealed class KillRows(IReadOnlyList<KillScenario> scenarios, KillPlan plan)
{
    private readonly Random _random = new(plan.Seed);
    private readonly Dictionary<string, int> _ends = [];
    private readonly Lock _lock = new();
    private int _group;
    private int _first;
    private int _middle;

    public KillRow? Next()
    {
        lock (_lock)
        {
            while (_group < scenarios.Count * KillMatrix.Verbs.Count)
            {
                if (plan.Group is { } only && only != _group)
                {
                    _group++;
                    continue;
                }

                var scenario = scenarios[_group / KillMatrix.Verbs.Count];
                // Each group begins elsewhere, so that together they see more boundaries.
                _first = _first == 0 ? 1 + ((plan.Seed + (_group * 5)) % plan.FirstStride) : _first + plan.FirstStride;
                if (_first < _ends.GetValueOrDefault(scenario.Name, int.MaxValue))
                    return new KillRow(scenario, KillMatrix.Verbs[_group % KillMatrix.Verbs.Count], _first, TimeSpan.Zero);
                _group++;
                _first = 0;
            }

            if (_middle++ >= plan.InTheMiddle)
                return null;
            var chosen = scenarios[_middle % scenarios.Count];
            return new KillRow(
                chosen,
                KillMatrix.Verbs[_middle / scenarios.Count % KillMatrix.Verbs.Count],
                1 + _random.Next(_ends.GetValueOrDefault(chosen.Name, 2) - 1),
                TimeSpan.FromMilliseconds(0.1 + (_random.NextDouble() * plan.MiddleWithin.TotalMilliseconds)));
        }
    }

    public void End(KillRow row)
    {
        lock (_lock)
        {
            if (row.Delay == TimeSpan.Zero)
                _ends[row.Scenario.Name] = Math.Min(row.First, _ends.GetValueOrDefault(row.Scenario.Name, int.MaxValue));
        }
    }

    /// <summary>Pairs drawn from all that there are after these single kills, each with the same chance and none twice.</summary>
    public static IEnumerable<KillRow> Draw(IReadOnlyList<KillScenario> scenarios, KillPlan plan, IReadOnlyList<KillCell> singles)
    {
        var random = new Random(plan.Seed);
        var all = singles
            .Where(c => c is { Second: null, Wrong: null } && !c.First.Contains(" ms ", StringComparison.Ordinal))
            .Where(c => !scenarios.First(s => s.Name == c.Scenario).IsTheSame(c.First, c.Verb))
            .SelectMany(c => Enumerable.Range(1, c.Passed).Select(second => (Cell: c, Second: second)))
            .ToArray();
        random.Shuffle(all);
        return all.Take(plan.Pairs).Select(p => new KillRow(scenarios.First(s => s.Name == p.Cell.Scenario), p.Cell.Verb, p.Cell.FirstIndex, TimeSpan.Zero, p.Second));
    }
}
