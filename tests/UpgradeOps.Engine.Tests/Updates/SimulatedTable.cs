using System.Collections.Concurrent;
using System.Diagnostics;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Engine.Tests.Updates;

/// <summary>Gathers the cells of the simulated world and saves them as one table beside those of the platforms.</summary>
public sealed class SimulatedTable : IDisposable
{
    private readonly ConcurrentBag<KillCell> _cells = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    internal void Add(KillCell cell) => _cells.Add(cell);

    public void Dispose() => KillTable.Save(
        "simulated",
        [.. _cells.OrderBy(c => c.Scenario, StringComparer.Ordinal).ThenBy(c => c.FirstIndex).ThenBy(c => c.Verb, StringComparer.Ordinal).ThenBy(c => c.SecondIndex)],
        _watch.Elapsed,
        new KillPlan { SecondStride = KillMatrixTests.Stride });
}
