using UpgradeOps.Integration.Systemd;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Integration.Kills;

/// <summary>
/// A real process, really killed (SIGKILL), at the boundaries of an update of a unit of a real systemd, on another machine over SSH: the unit is neither left stopped nor frozen.
/// </summary>
public sealed class SystemdKillMatrixTests(SystemdFixture fixture, ITestOutputHelper output) : IClassFixture<SystemdFixture>
{
    private static readonly KillScenario[] Scenarios =
    [
        new("succeeds", SystemdKillWorld.Old, SystemdKillWorld.Good, Fails: false),
        new("fails and goes back", SystemdKillWorld.Old, SystemdWorld.Bad, Fails: true) { DiffersFrom = "service.start" },
    ];

    private static KillPlan Plan => KillRun.Stride is { } stride
        ? new KillPlan { FirstStride = stride, SecondStride = 0, Pairs = 30, InTheMiddle = 20, MiddleWithin = TimeSpan.FromSeconds(1), Workers = 2 }
        : new KillPlan { FirstStride = 61, SecondStride = 0, InTheMiddle = 1, MiddleWithin = TimeSpan.FromSeconds(1), Seed = KillRun.Seed, Workers = 2 };

    [Fact]
    public Task Killed_anywhere_with_a_unit_of_systemd_it_ends_in_the_old_or_the_new_version_whole()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        return KillRun.RunAsync("service-systemd", () => SystemdKillWorld.CreateAsync(fixture), Scenarios, Plan, output);
    }
}
