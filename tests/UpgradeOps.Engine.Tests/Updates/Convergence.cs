using UpgradeOps.Engine.Tests.Simulation;

namespace UpgradeOps.Engine.Tests.Updates;

/// <summary>What must hold of the world once an operation has ended, however often its process died on the way.</summary>
internal static class Convergence
{
    public static void Check(Sim sim, string from, string to, string history)
    {
        var world = sim.World;
        var running = world.Containers.Values.Where(c => c.Running).Select(c => c.Version).ToList();
        Assert.True(running.Count == 1, $"{history}: {running.Count} run");
        Assert.True(running[0] == from || running[0] == to, $"{history}: {running[0]} runs");
        Assert.True(world.Configured == running[0], $"{history}: {running[0]} runs but {world.Configured} is configured");
        Assert.True(world.Containers.Count == 1, $"{history}: left over: {string.Join(", ", world.Containers.Keys)}");
        Assert.True(world.Jobs.Count == 0, $"{history}: a command is left over");
        Assert.True(world.JobRuns.Distinct().Count() == world.JobRuns.Count, $"{history}: a command was run twice");
        Assert.True(sim.State.IsFree, $"{history}: the lease is held");

        var kept = world.Databases.Values.SelectMany(d => d.Rows).ToHashSet();
        Assert.True(world.Acknowledged.TrueForAll(kept.Contains), $"{history}: rows are in no database: {string.Join(", ", world.Acknowledged.Except(kept))}");
        Assert.True(world.Databases.ContainsKey("live"), $"{history}: no live database");
        var schema = world.Databases["live"].Schema;
        Assert.True(schema <= world.Schemas[to], $"{history}: schema {schema}");
    }
}
