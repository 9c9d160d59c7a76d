using System.Diagnostics;
using System.IO.Compression;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.GitHub;

namespace UpgradeOps.Integration.Faults;

/// <summary>Faults of GitHub, of where its bytes are, and of what is published there: the process that serves is the same before and after.</summary>
public sealed class GitHubFaultTests
{
    private readonly Stopwatch _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_that_cannot_be_had_or_is_not_what_it_should_be()
    {
        await using var world = await GitHubServiceWorld.StartAsync();
        var github = world.GitHub;
        world.Publish("v1.1.0", filler: 200_000);

        github.Token = "ghp_private";
        await ExpectAsync(world, "github-gone", "v1.1.0");
        github.Token = null;
        github.Remaining = 0;
        await ExpectAsync(world, "github-limit", "v1.1.0");
        github.Remaining = int.MaxValue;

        github.Publish(ReleaseArchives.Release("v1.2.0", ("notes_1.2.0_linux_arm64.tar.gz", [1])));
        await ExpectAsync(world, "github-asset", "v1.2.0");
        var archive = ReleaseArchives.TarGz(GitHubServiceWorld.Files("v1.3.0"));
        github.Publish(new PublishedRelease("v1.3.0", new Dictionary<string, byte[]> { ["notes_1.3.0_linux_amd64.tar.gz"] = archive, ["checksums.txt"] = ReleaseArchives.Checksums([KeyValuePair.Create("other.tar.gz", archive)]) }));
        await ExpectAsync(world, "github-checksum", "v1.3.0");
        github.Publish(ReleaseArchives.Release("v1.4.0", ("notes_1.4.0_linux_amd64.tar.gz", archive)) with { ClaimedDigests = new Dictionary<string, string> { ["notes_1.4.0_linux_amd64.tar.gz"] = "sha256:" + new string('0', 64) } });
        await ExpectAsync(world, "github-agree", "v1.4.0");

        var plan = await new PlanUpdate(world.Session).RunAsync(new UpdateOptions { Name = world.Definition, Version = "v1.1.0" }, Token);
        world.Publish("v1.1.0", filler: 200_001);
        await ExpectAsync(world, "github-replaced", plan: plan);
        github.Withdraw("v1.1.0");
        await ExpectAsync(world, "github-withdrawn", plan: plan);

        world.Publish("v1.1.0", filler: 200_000);
        github.DamageAbove = 100_000;
        await ExpectAsync(world, "github-damaged", "v1.1.0");
        github.DamageAbove = null;
        Publish(github, "v1.5.0", [.. GitHubServiceWorld.Files("v1.5.0"), ("../../shared/out", [1])]);
        await ExpectAsync(world, "github-hostile", "v1.5.0");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(world.Service, "shared")));
        Publish(github, "v1.6.0", [.. GitHubServiceWorld.Files("v1.6.0"), ("zeros", new byte[100 << 20])]);
        await ExpectAsync(world, "github-bomb", "v1.6.0");
        Publish(github, "v1.7.0", [.. GitHubServiceWorld.Files("v1.7.0").Select(f => ("notes_1.7.0/" + f.Name, f.Bytes))]);
        await ExpectAsync(world, "github-program", "v1.7.0");
    }

    [Fact]
    public async Task A_store_that_does_not_answer_or_breaks_off()
    {
        await using var world = await GitHubServiceWorld.StartAsync();
        world.Publish("v1.1.0", filler: 3_000_000);
        var plan = await new PlanUpdate(world.Session).RunAsync(new UpdateOptions { Name = world.Definition, Version = "v1.1.0" }, Token);
        (world.GitHub.StoreStatus, world.GitHub.StoreStatusAbove) = (503, 100_000);
        await ExpectAsync(world, "github-store", plan: plan);

        world.GitHub.StoreStatus = null;
        (world.GitHub.CutAfter, world.GitHub.Cuts) = (1_000_000, 2);
        var row = FaultTable.Row("github-cut");
        _clock.Restart();
        var outcome = FaultOutcome.Of(await new UpdateApp(world.Session).RunAsync(new UpdateOptions { Name = world.Definition, Version = "v1.1.0" }, Token));
        Assert.True(outcome.Status == row.Status && outcome.Error is null, $"{outcome}");
        Assert.Equal("v1.1.0", await world.RunningAsync());
        Assert.Equal(2, world.GitHub.Requests.Count(r => r is { Store: true, Status: 206 }));
        FaultReport.Add(row, outcome, _clock.Elapsed);
    }

    private static void Publish(GitHubServer github, string tag, IEnumerable<(string, byte[])> files) =>
        github.Publish(ReleaseArchives.Release(tag, ($"notes_{tag[1..]}_linux_amd64.tar.gz", ReleaseArchives.TarGz(files, CompressionLevel.SmallestSize))));

    private async Task ExpectAsync(GitHubServiceWorld world, string key, string? version = null, UpdatePlan? plan = null)
    {
        var row = FaultTable.Row(key);
        var process = world.Process();
        _clock.Restart();
        FaultOutcome outcome;
        try
        {
            outcome = FaultOutcome.Of(await new UpdateApp(world.Session).RunAsync(new UpdateOptions { Name = world.Definition, Version = version, Plan = plan }, Token));
        }
        catch (AppException e)
        {
            outcome = FaultOutcome.Of(e);
        }

        Assert.True(outcome.Status == row.Status && outcome.Error?.ErrorId == row.ErrorId, $"{key}: {outcome}");
        Assert.True(outcome.Told.Contains(row.Next!, StringComparison.OrdinalIgnoreCase), $"{key} tells to do: {outcome.Told}");
        Assert.Equal((process, "v1.0.0"), (world.Process(), await world.RunningAsync()));
        Assert.Equal(["v1.0.0"], world.Releases());
        var (limit, token) = (world.GitHub.Remaining, world.GitHub.Token);
        (world.GitHub.Remaining, world.GitHub.Token) = (int.MaxValue, null);
        var status = await new GetStatus(world.Session).RunAsync(world.Definition, Token);
        (world.GitHub.Remaining, world.GitHub.Token) = (limit, token);
        Assert.True(status.PendingOperation is null && status.KnownBad.Count == 0, $"{key}: {status}");
        Assert.Null(await new GetLock(world.Session).RunAsync(world.Definition, Token));
        FaultReport.Add(row, outcome, _clock.Elapsed);
    }
}
