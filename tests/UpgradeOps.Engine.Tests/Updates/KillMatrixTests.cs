using UpgradeOps.Engine.Tests.Simulation;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Engine.Tests.Updates;

/// <summary>
/// The process dies at every point of an update, and the one that resumes or undoes dies at every point again. A thrown exception
/// stands for the kill here, after which the dead process can change nothing; real kills are tested elsewhere. Boundary × outcome is saved
/// as <c>TestResults/kill-matrix/simulated.md</c>.
/// </summary>
public sealed class KillMatrixTests(SimulatedTable table) : IClassFixture<SimulatedTable>
{
    // Every pair where changes land (.ci/run); elsewhere every fifth, the others' turn at the next first kill.
    internal static readonly int Stride = Environment.GetEnvironmentVariable("CI") == "true" ? 1 : 5;

    public static TheoryData<string, bool, DataPolicy, bool> Worlds => new()
    {
        { "1.1.0", false, DataPolicy.Stop, false },
        { "1.1.0", true, DataPolicy.Stop, false },
        { "2.0.0", false, DataPolicy.Restore, false },
        { "2.0.0", true, DataPolicy.Restore, false },
        { "2.0.0", true, DataPolicy.Keep, false },
        { "2.0.0", false, DataPolicy.Restore, true },
        { "2.0.0", true, DataPolicy.Restore, true },
    };

    [Theory]
    [MemberData(nameof(Worlds))]
    public async Task Resume_after_any_kill_and_any_kill_of_the_resume_converges(string to, bool sick, DataPolicy policy, bool byCommand)
    {
        var runs = await EveryPairAsync(to, sick, policy, byCommand, "resume", sim => sim.ResumeAsync());
        Assert.True(runs > 100, $"only {runs} pairs were run");
    }

    [Theory]
    [MemberData(nameof(Worlds))]
    public async Task Undo_after_any_kill_and_any_kill_of_the_undo_converges(string to, bool sick, DataPolicy policy, bool byCommand)
    {
        var runs = await EveryPairAsync(to, sick, policy, byCommand, "undo", sim => sim.GoBackAsync());
        Assert.True(runs > 100, $"only {runs} pairs were run");
    }

    private async Task<int> EveryPairAsync(string to, bool sick, DataPolicy policy, bool byCommand, string verb, Func<Sim, Task<UpdateResult?>> goOn)
    {
        var scenario = $"to {to}, which {(sick ? "fails" : "succeeds")}{(byCommand ? ", migrated by a command" : "")}, onFailure.data: {policy.ToString().ToLowerInvariant()}";
        var runs = 0;
        for (var first = 1; ; first++)
        {
            for (var second = 1 + (first % Stride); ; second += Stride)
            {
                runs++;
                var sim = new Sim(SimWorld.Running("1.0.0", byCommand), policy);
                if (sick)
                {
                    sim.World.Sick.Add(to);
                }

                var firstDeath = await DieAsync(sim, first, () => sim.UpdateAsync(to)!);
                var secondDeath = firstDeath is null ? null : await DieAsync(sim, second, () => goOn(sim));
                if (secondDeath is not null)
                {
                    await LiveAsync(sim, () => goOn(sim));
                }

                // An undo of what was being kept finishes the keeping: either way the operation must be over now.
                await LiveAsync(sim, sim.ResumeAsync);
                KillCell Cell(string? outcome, string? wrong) => new(scenario, first, firstDeath ?? "never", verb, secondDeath is null ? 0 : second, secondDeath, verb, outcome, wrong);
                try
                {
                    Convergence.Check(sim, "1.0.0", to, $"{to} sick={sick} {policy}: killed {firstDeath ?? "never"}, then {secondDeath ?? "never"}; {string.Join(" > ", sim.World.Log)}");
                }
                catch (Exception e)
                {
                    table.Add(Cell(null, e.Message));
                    throw;
                }

                if (firstDeath is not null)
                {
                    table.Add(Cell(sim.World.Configured, null));
                }

                if (firstDeath is null)
                {
                    return runs;
                }

                if (secondDeath is null)
                {
                    break;
                }
            }
        }
    }

    private static async Task<string?> DieAsync(Sim sim, int at, Func<Task> run)
    {
        sim.World.Death = new SimDeath(at);
        try
        {
            await run();
        }
        catch (SimKilledException)
        {
        }

        var where = sim.World.Death.Where is { } place ? place : null;
        return where;
    }

    private static async Task LiveAsync(Sim sim, Func<Task> run)
    {
        sim.World.Death = new SimDeath(int.MaxValue);
        await run();
    }
}
