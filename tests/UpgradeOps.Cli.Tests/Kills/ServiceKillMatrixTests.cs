using System.Diagnostics;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Cli.Tests.Kills;

/// <summary>
/// A real process, really killed (SIGKILL), at every boundary of an update and of what goes on with it. Where changes land (.ci/run)
/// every single kill and a part of the pairs; every pair with <c>UPGRADEOPS_KILL_MATRIX=all</c>, or a quarter of them with <c>all:0</c> to
/// <c>all:3</c> (scenario by what is run after the first kill); elsewhere a small sample.
/// </summary>
public sealed class ServiceKillMatrixTests(ITestOutputHelper output)
{
    private static readonly KillScenario[] Scenarios =
    [
        new("succeeds", ServiceKillWorld.Old, ServiceKillWorld.Good, Fails: false),
        new("fails and goes back", ServiceKillWorld.Old, ServiceKillWorld.Bad, Fails: true) { DiffersFrom = "service.start" },
    ];

    private static KillPlan Plan => (System.Environment.GetEnvironmentVariable("UPGRADEOPS_KILL_MATRIX"), System.Environment.GetEnvironmentVariable("CI")) switch
    {
        ("all", _) => new KillPlan { InTheMiddle = 200 },
        (['a', 'l', 'l', ':', >= '0' and <= '3' and var group], _) => new KillPlan { Group = group - '0' },
        (_, "true") => new KillPlan { SecondStride = 16, InTheMiddle = 60 },
        _ => new KillPlan { FirstStride = 11, SecondStride = 17, InTheMiddle = 4 },
    };

    private static string Table => Plan.Group is { } group ? $"service-{group}" : "service";

    [Fact]
    public async Task Killed_anywhere_and_killed_again_it_ends_in_the_old_or_the_new_version_whole()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The supervisor 'process' needs Linux.");
        var watch = Stopwatch.StartNew();
        var cells = await KillMatrix.RunAsync(ServiceKillWorld.CreateAsync, Scenarios, Plan, c => KillTable.Save(Table, c, watch.Elapsed, Plan), TestContext.Current.CancellationToken);

        var table = KillTable.Save(Table, cells, watch.Elapsed, Plan);
        output.WriteLine(table);
        Assert.True(cells.Count > 20, $"only {cells.Count} cells were run");
        Assert.True(cells.All(c => c.Wrong is null), string.Join("\n", cells.Where(c => c.Wrong is not null)));
    }
}
