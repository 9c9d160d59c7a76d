using UpgradeOps.Cli.Tests.Kills;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Integration.Kills;

/// <summary>
/// A real process, really killed (SIGKILL), at the boundaries of an update whose release is an asset on GitHub. Neither half a download nor half a release is left over,
/// and what was fetched is not asked for again.
/// </summary>
public sealed class GitHubKillMatrixTests(ITestOutputHelper output)
{
    private static readonly KillScenario[] Scenarios =
    [
        new("succeeds", ServiceKillWorld.Old, ServiceKillWorld.Good, Fails: false),
        new("fails and goes back", ServiceKillWorld.Old, ServiceKillWorld.Bad, Fails: true) { DiffersFrom = "service.start" },
    ];

    private static KillPlan Plan => KillRun.Stride is { } stride
        ? new KillPlan { FirstStride = stride, SecondStride = 0, Pairs = 80, InTheMiddle = 40, MiddleWithin = TimeSpan.FromMilliseconds(400), Workers = 2 }
        : new KillPlan { FirstStride = 29, SecondStride = 0, Pairs = 1, InTheMiddle = 2, MiddleWithin = TimeSpan.FromMilliseconds(400), Seed = KillRun.Seed, Workers = 2 };

    [Fact]
    public Task Killed_anywhere_with_an_asset_from_GitHub_it_ends_in_the_old_or_the_new_version_whole() => KillRun.RunAsync(
        "service-github", async () => await ServiceKillWorld.CreateAsync(await GitHubPublisher.StartAsync()), Scenarios, Plan, output);
}
