using UpgradeOps.Engine.Tests.Simulation;

namespace UpgradeOps.Engine.Tests.Updates;

/// <summary>A command that still migrates when the update that began it was killed, and that would be through just after the way back was decided.</summary>
public sealed class HaltTests
{
    [Theory]
    [InlineData(DataPolicy.Keep)]
    [InlineData(DataPolicy.Restore)]
    [InlineData(DataPolicy.Stop)]
    public async Task What_still_migrates_is_ended_before_the_way_back_is_decided(DataPolicy policy)
    {
        var sim = await KilledAsync(policy);

        var undone = await sim.GoBackAsync();

        Assert.Equal(UpdateStatus.Undone, undone!.Status);
        Assert.Equal(1, sim.World.Databases["live"].Schema);
        Assert.Contains(sim.World.Log, l => l.StartsWith("end job ", StringComparison.Ordinal));
        Convergence.Check(sim, "1.0.0", "1.0.0", policy.ToString());
    }

    [Fact]
    public async Task It_is_ended_before_a_person_is_asked_and_goes_on_where_nobody_goes_back()
    {
        var sim = await KilledAsync(DataPolicy.Stop);
        Assert.Single(sim.World.Commands);

        await sim.HaltAsync();
        await sim.HaltAsync();

        Assert.Empty(sim.World.Commands);
        Assert.Single(sim.World.Log, l => l.StartsWith("end job ", StringComparison.Ordinal));
        Assert.Equal(1, sim.World.Databases["live"].Schema);
    }

    /// <summary>Killed right after the command was begun.</summary>
    private static async Task<Sim> KilledAsync(DataPolicy policy)
    {
        for (var at = 1; ; at++)
        {
            var world = SimWorld.Running("1.0.0", byCommand: true, slowJobs: true);
            world.Death = new SimDeath(at);
            var sim = new Sim(world, policy);
            await Assert.ThrowsAsync<SimKilledException>(() => sim.UpdateAsync("2.0.0"));
            if (world.Death.Where!.StartsWith("after job ", StringComparison.Ordinal))
            {
                world.Death = new SimDeath(int.MaxValue);
                return sim;
            }
        }
    }
}
