using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.GitHub;

/// <summary>The platform <c>service</c> with releases from GitHub, from the console: here, and on a host over SSH.</summary>
public sealed class GitHubServiceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_update_fail_and_go_back(bool remote)
    {
        Needs.Parts(remote ? [Part.Ssh] : []);
        await using var world = await GitHubServiceWorld.StartAsync(remote);
        world.Publish("v1.1.0", filler: 300_000);
        world.Publish("v1.2.0-rc.1", prerelease: true);

        var status = await world.AskAsync<AppStatus>("status", world.Definition);
        Assert.Equal(("v1.0.0", "v1.1.0", true), (status.RunningVersion, status.LatestVersion, status.UpdateAvailable));
        var releases = await world.AskAsync<List<Release>>("releases", world.Definition);
        Assert.Equal([("v1.2.0-rc.1", true), ("v1.1.0", false), ("v1.0.0", false)], releases.Select(r => (r.Version, r.IsPrerelease!.Value)));
        Assert.All(releases, r => Assert.Contains($"What {r.Tag} brings", r.Notes));
        Assert.Equal($"https://github.com/{GitHubServer.Repository}/releases/tag/v1.1.0", releases[1].Page);
        var plan = await world.AskAsync<UpdatePlan>("plan", world.Definition);
        Assert.Contains(plan.Steps, s => s.Kind == "service.fetch");
        Assert.Contains("What v1.1.0 brings", plan.Changes);

        var updated = await world.UpdateAsync();
        Assert.True((updated.Status, updated.From, updated.To) == (UpdateStatus.Kept, "v1.0.0", "v1.1.0"), Text(updated));
        Assert.Equal("v1.1.0", await world.RunningAsync());
        Assert.Contains(updated.Findings, f => f.ErrorId == ErrorIds.AssetVerified && f.Message.Contains($"{updated.ToDigest} of checksums.txt", StringComparison.Ordinal) && f.Message.Contains("of GitHub", StringComparison.Ordinal));
        Assert.Contains($"{updated.ToDigest} of checksums.txt", world.Record("v1.1.0"));
        Assert.Equal(UpdateStatus.NothingToDo, (await world.UpdateAsync()).Status);

        // It answers with a wrong version: taken back by itself.
        world.Publish("v1.3.0", answers: "9.9.9");
        var failed = await world.UpdateAsync();
        Assert.True((failed.Status, failed.Error?.ErrorId) == (UpdateStatus.Undone, ErrorIds.WrongVersion), Text(failed));
        Assert.Equal("v1.1.0", await world.RunningAsync());

        // The way back asks GitHub nothing.
        world.GitHub.Forget();
        var undone = (await world.RunAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True(undone.Status == UpdateStatus.Kept, Text(undone));
        Assert.Equal("v1.0.0", await world.RunningAsync());
        Assert.Empty(world.GitHub.Requests);
        Assert.Empty(world.Downloads());
        Assert.Equal(["v1.0.0", "v1.1.0", "v1.3.0"], world.Releases());
    }

    [Theory]
    [InlineData(false, "Downloading", "resume", "v1.1.0")]
    [InlineData(false, "Downloading", "undo", "v1.0.0")]
    [InlineData(false, "Unpacking", "resume", "v1.1.0")]
    [InlineData(false, "Unpacking", "undo", "v1.0.0")]
    [InlineData(true, "Downloading", "resume", "v1.1.0")]
    [InlineData(true, "Unpacking", "resume", "v1.1.0")]
    [InlineData(true, "Unpacking", "undo", "v1.0.0")]
    public async Task Killed_in_the_middle_it_goes_on_or_back_and_leaves_nothing(bool remote, string when, string way, string ends)
    {
        Needs.Parts(remote ? [Part.Ssh] : []);
        await using var world = await GitHubServiceWorld.StartAsync(remote);
        world.Publish("v1.1.0", filler: 8_000_000);
        world.GitHub.Pause = TimeSpan.FromMilliseconds(5);
        var killed = await world.RunAsync(
            e => e.Kind == ProgressKind.Working && e.Message.StartsWith(when, StringComparison.Ordinal) && (when != "Downloading" || e.BytesDone > 2_000_000), "update", world.Definition, "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());
        Assert.Equal("v1.0.0", await world.RunningAsync());
        world.GitHub.Pause = TimeSpan.Zero;
        world.GitHub.Forget();

        var ended = (await world.RunAsync(null, [way, world.Definition, .. way == "undo" ? (string[])["--yes"] : []])).Result;
        Assert.True(ended.Status is UpdateStatus.Kept or UpdateStatus.Undone, Text(ended));
        Assert.Equal(ends, await world.RunningAsync());
        Assert.DoesNotContain(world.Releases(), r => r!.StartsWith('.'));
        Assert.Empty(world.Downloads());
        if (way == "resume" && when == "Downloading")
            Assert.Contains(world.GitHub.Requests, r => r.Store && r.Range is not null && r.Status == 206);
    }

    [Theory]
    [InlineData(false, ".zip", "")]
    [InlineData(true, ".zip", "notes/")]
    [InlineData(false, ".tar.zst", "notes/")]
    [InlineData(true, ".tar.zst", "")]
    [InlineData(false, ".tar.gz", "notes/")]
    public async Task However_it_is_packed_and_wrapped_it_runs(bool remote, string ending, string wrap)
    {
        Needs.Parts([Part.Zstd, .. remote ? (Part[])[Part.Ssh] : []]);
        await using var world = await GitHubServiceWorld.StartAsync(remote, wrap.Length > 0 ? ", strip: 1" : "", ending, wrap);
        world.Publish("v1.1.0", filler: 300_000);

        var updated = await world.UpdateAsync();

        Assert.True(updated.Status == UpdateStatus.Kept, Text(updated));
        Assert.Equal("v1.1.0", await world.RunningAsync());
        var release = Path.Combine(world.Service, "releases/v1.1.0");
        Assert.Equal(["filler", "run", "www"], Directory.GetFileSystemEntries(release).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(GitHubServiceWorld.Files("v1.1.0", filler: 300_000).Single(f => f.Name == "filler").Bytes, await File.ReadAllBytesAsync(Path.Combine(release, "filler"), TestContext.Current.CancellationToken));
        Assert.True(File.GetUnixFileMode(Path.Combine(release, "run")).HasFlag(UnixFileMode.UserExecute));
        Assert.False(File.GetUnixFileMode(Path.Combine(release, "filler")).HasFlag(UnixFileMode.UserExecute));
        Assert.Empty(world.Downloads());
    }

    [Fact]
    public async Task A_disk_that_becomes_full_while_it_is_downloaded_or_unpacked_is_told_and_nothing_of_it_is_left()
    {
        Needs.Parts(Part.Mount);
        await using var world = await GitHubServiceWorld.StartAsync();
        await using var disk = await SmallDisk.OverAsync(Path.Combine(world.Service, "releases"), 64);
        world.Publish("v1.1.0", filler: 8_000_000);
        world.GitHub.Pause = TimeSpan.FromMilliseconds(5);
        foreach (var when in (string[])["Downloading", "Unpacking"])
        {
            var full = false;
            var failed = await world.RunAsync(
                e =>
                {
                    if (!full && e.Kind == ProgressKind.Working && e.Message.StartsWith(when, StringComparison.Ordinal) && (when == "Unpacking" || e.BytesDone > 1_000_000))
                    {
                        disk.Fill();
                        full = true;
                    }

                    return false;
                },
                "update", world.Definition, "--yes");
            Assert.True(full, failed.ToString());
            Assert.True((failed.Result.Status, failed.Result.Error?.ErrorId) == (UpdateStatus.Undone, ErrorIds.DiskTooFull), failed.ToString());
            Assert.Equal("v1.0.0", await world.RunningAsync());
            Assert.Equal([".ballast", "v1.0.0"], world.Releases());
            disk.Free();
        }

        var updated = await world.UpdateAsync();
        Assert.True(updated.Status == UpdateStatus.Kept, Text(updated));
        Assert.Equal("v1.1.0", await world.RunningAsync());
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_gone_on_from_where_it_broke_off()
    {
        await using var world = await GitHubServiceWorld.StartAsync();
        world.Publish("v1.1.0", filler: 3_000_000);
        (world.GitHub.CutAfter, world.GitHub.Cuts) = (1_200_000, 2);
        var updated = await world.UpdateAsync();
        Assert.True(updated.Status == UpdateStatus.Kept, Text(updated));
        // How much of what was sent before the cut arrives is the network's to say.
        var parts = world.GitHub.Requests.Where(r => r is { Store: true, Status: 206 }).ToList();
        Assert.Equal(2, parts.Count);
        Assert.All(parts, p => Assert.Matches("^bytes=[1-9][0-9]*-$", p.Range));
        Assert.All(parts, p => Assert.StartsWith("\"0x", p.IfRange));
        Assert.All(world.GitHub.Requests.Where(r => r.Store), r => Assert.Null(r.Authorization));
    }

    [Fact]
    public async Task A_private_repository_is_read_with_a_token_that_goes_to_the_API_alone()
    {
        await using var world = await GitHubServiceWorld.StartAsync();
        world.Publish("v1.1.0");
        await world.WriteAsync("notes_{version}_linux_amd64.tar.gz", ", token: \"file:shared/token\"");
        world.GitHub.Token = "ghp_verysecret";
        var refused = await world.RunAsync(null, "update", world.Definition, "--yes");
        Assert.Contains(ErrorIds.SecretNotFound, refused.Error, StringComparison.Ordinal);

        var token = Path.Combine(world.Service, "shared/token");
        await File.WriteAllTextAsync(token, "ghp_expired", TestContext.Current.CancellationToken);
        refused = await world.RunAsync(null, "update", world.Definition, "--yes");
        Assert.Contains(ErrorIds.RepositoryUnauthorized, refused.Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(token, "ghp_verysecret\n", TestContext.Current.CancellationToken);
        world.GitHub.Forget();
        var outcome = await world.RunAsync(null, "update", world.Definition, "--yes");
        Assert.True(outcome.Result.Status == UpdateStatus.Kept, outcome.ToString());
        Assert.All(world.GitHub.Requests, r => Assert.Equal(r.Store ? null : "Bearer ghp_verysecret", r.Authorization));
        Assert.Contains(world.GitHub.Requests, r => r.Store);
        Assert.DoesNotContain("ghp_verysecret", outcome.ToString(), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(world.Service)!, "*", SearchOption.AllDirectories).Where(f => f != token))
            Assert.DoesNotContain("ghp_verysecret", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
