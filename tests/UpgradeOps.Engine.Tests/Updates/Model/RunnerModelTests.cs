using System.Globalization;

namespace UpgradeOps.Engine.Tests.Updates.Model;

/// <summary>
/// Random plans, failures, kills (also of resumes and undos), stops and lost locks, in memory. Whatever happens, these hold:
/// <list type="number">
/// <item>Nothing takes effect before its intent is on disk, and nothing is written down as done or undone that is not.</item>
/// <item>Steps are done in the plan's order, each when all before it are done; they are taken back in the reverse order, each when all after it are.</item>
/// <item>What is written down as done is not done again; what is written down as undone is not taken back again.</item>
/// <item>A step of which nobody can know whether it took effect is never repeated unless a person says so.</item>
/// <item>An operation that has begun to go back never goes forward again; one that has begun to clear the old version's remains away never goes back.</item>
/// <item>Kept: every step is done. Undone: no effect is left of any step that promised to be reversible. After either, nothing more is written.</item>
/// <item>The journal has no gaps, its owners' numbers never go down, and what is told as the result is what is on disk.</item>
/// <item>Whoever may act next is told the command; and without further kills every operation comes to its end.</item>
/// <item>In the end nobody holds the lock, and every row that was ever acknowledged is in the live database or in a kept copy.</item>
/// <item>After a stop was asked for, or the lock was lost, at most the step at hand still takes effect.</item>
/// </list>
/// A failure tells its seed; <c>UPGRADEOPS_MODEL_SEED=seed</c> runs that one history again.
/// </summary>
public sealed class RunnerModelTests(ITestOutputHelper output)
{
    private static readonly int Runs = Environment.GetEnvironmentVariable("CI") == "true" ? 10_000 : 2_000;

    [Fact]
    public async Task Whatever_happens_the_invariants_hold()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("UPGRADEOPS_MODEL_SEED"), CultureInfo.InvariantCulture, out var only))
        {
            var run = await RunAsync(only);
            output.WriteLine(run.History);
            return;
        }

        // Fixed seeds where changes land would find nothing new; random ones that are told can be run again.
        var first = Environment.TickCount & 0xFFFFFFF;
        var outcomes = new Dictionary<UpdateStatus, int>();
        var processes = 0;
        for (var i = 0; i < Runs; i++)
        {
            var run = await RunAsync(first + i);
            processes += run.Processes;
            if (run.Outcome is { } outcome)
            {
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
        }

        output.WriteLine($"{Runs} histories of {processes} processes, seeds from {first}: {string.Join(", ", outcomes.Select(o => $"{o.Value} {o.Key}"))}");
        Assert.True(outcomes.GetValueOrDefault(UpdateStatus.Kept) > Runs / 10, "hardly anything was kept");
        Assert.True(outcomes.GetValueOrDefault(UpdateStatus.Undone) > Runs / 10, "hardly anything was undone");
    }

    private static async Task<ModelRun> RunAsync(int seed)
    {
        var run = new ModelRun(seed);
        try
        {
            await run.RunAsync();
            return run;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed} (UPGRADEOPS_MODEL_SEED={seed}): {e.Message} After: {run.History}", e);
        }
    }
}
