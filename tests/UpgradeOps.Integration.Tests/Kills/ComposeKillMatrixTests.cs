using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Integration.Kills;

/// <summary>
/// A real process, really killed (SIGKILL), at the boundaries of an update of a Compose installation and of what goes on with it, while users
/// write. Every single kill and a drawn part of the pairs with <c>UPGRADEOPS_KILL_MATRIX=all</c>, mostly the pairs with <c>pairs</c>; a part where changes land (.ci/run);
/// elsewhere a small sample.
/// </summary>
public sealed class ComposeKillMatrixTests(ITestOutputHelper output)
{
    private static readonly KillScenario[] Plain =
    [
        new("succeeds", ComposeKillWorld.Old.Version, ComposeKillWorld.Good.Version, Fails: false),
        new("fails and goes back", ComposeKillWorld.Old.Version, ComposeKillWorld.Bad.Version, Fails: true) { DiffersFrom = "compose.start" },
    ];

    private static readonly KillScenario[] OverMigrations =
    [
        new("migrates", ComposeKillWorld.Old.Version, ComposeKillWorld.Migrating.Version, Fails: false),
        new("migrates, fails and restores", ComposeKillWorld.Old.Version, ComposeKillWorld.MigratingBad.Version, Fails: true) { DiffersFrom = "health.verify" },
    ];

    private static KillPlan Plan => (Environment.GetEnvironmentVariable("UPGRADEOPS_KILL_MATRIX"), Environment.GetEnvironmentVariable("CI")) switch
    {
        ("all", _) => new KillPlan { SecondStride = 0, Pairs = 80, InTheMiddle = 30, MiddleWithin = TimeSpan.FromSeconds(1) },
        ("pairs", _) => new KillPlan { FirstStride = 9, SecondStride = 0, Pairs = 80, InTheMiddle = 0 },
        (_, "true") => new KillPlan { FirstStride = 19, SecondStride = 0, Pairs = 3, InTheMiddle = 2, MiddleWithin = TimeSpan.FromSeconds(1), Workers = 2 },
        _ => new KillPlan { FirstStride = 40, SecondStride = 0, Pairs = 1, Workers = 2 },
    };

    [Fact]
    public Task Killed_anywhere_and_killed_again_the_old_or_the_new_version_runs_with_every_row() =>
        RunAsync("compose", Plain, DataPolicy.Stop);

    [Fact]
    public Task Killed_anywhere_over_a_migration_every_row_is_live_or_in_a_copy_that_is_told() =>
        RunAsync("compose-migrating", OverMigrations, DataPolicy.Restore);

    private async Task RunAsync(string platform, KillScenario[] scenarios, DataPolicy policy)
    {
        Needs.Stack();
        await KillRun.RunAsync(platform, () => ComposeKillWorld.CreateAsync(policy), scenarios, Plan, output);
    }
}
