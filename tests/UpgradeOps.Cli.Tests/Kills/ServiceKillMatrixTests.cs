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

    /// <summary>The same where each release is a commit that has to be built: no build, half a release or process may be left over.</summary>
    [Fact]
    public async Task Killed_anywhere_with_a_build_from_git_it_ends_in_the_old_or_the_new_version_whole()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The supervisor 'process' needs Linux.");
        Assert.SkipUnless((System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, "git"))), "git is not installed");
        var watch = Stopwatch.StartNew();
        var plan = System.Environment.GetEnvironmentVariable("CI") == "true"
            ? new KillPlan { FirstStride = 4, SecondStride = 61, InTheMiddle = 16, MiddleWithin = TimeSpan.FromMilliseconds(500) }
            : new KillPlan { FirstStride = 9, SecondStride = 31, InTheMiddle = 8, MiddleWithin = TimeSpan.FromMilliseconds(500) };
        var cells = await KillMatrix.RunAsync(ServiceKillWorld.CreateBuiltAsync, Scenarios[..1], plan, null, TestContext.Current.CancellationToken);

        var table = KillTable.Save("service-build", cells, watch.Elapsed, plan);
        output.WriteLine(table);
        Assert.True(cells.Count > 10, $"only {cells.Count} cells were run");
        Assert.True(cells.All(c => c.Wrong is null), string.Join("\n", cells.Where(c => c.Wrong is not null)));
    }
}
