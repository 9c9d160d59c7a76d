using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Integration.Kills;

/// <summary>
/// A real process, really killed (SIGKILL), at the boundaries of an update of a Compose application that is built of a commit, and in the middle of its build.
/// </summary>
public sealed class BuildKillMatrixTests(ITestOutputHelper output)
{
    private static readonly KillScenario[] Scenarios =
    [
        new("succeeds", BuildKillWorld.Old, BuildKillWorld.Good, Fails: false),
        new("fails and goes back", BuildKillWorld.Old, BuildKillWorld.Bad, Fails: true) { DiffersFrom = "compose.start" },
    ];

    private static KillPlan Plan => KillRun.Stride is { } stride
        ? new KillPlan { FirstStride = stride, SecondStride = 0, Pairs = 20, InTheMiddle = 20, MiddleWithin = TimeSpan.FromSeconds(1), Workers = 2 }
        : new KillPlan { FirstStride = 61, SecondStride = 0, InTheMiddle = 1, MiddleWithin = TimeSpan.FromSeconds(1), Seed = KillRun.Seed, Workers = 2 };

    [Fact]
    public Task Killed_anywhere_with_an_image_that_is_built_the_old_or_the_new_version_runs_with_every_row()
    {
        Needs.Parts(Part.Git, Part.Ssh, Part.Docker, Part.Compose);
        return KillRun.RunAsync("compose-build", BuildKillWorld.CreateAsync, Scenarios, Plan, output);
    }
}
