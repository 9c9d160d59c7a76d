using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Git;

/// <summary>Compose applications that are built of commits, from the console, on a real engine.</summary>
public sealed class GitComposeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_is_built_apart_from_what_runs_and_swapped_and_the_way_back_builds_nothing()
    {
        await using var world = await GitComposeWorld.StartAsync();
        var (first, head) = (await world.ContainerAsync(), await world.RunAsync("git", "rev-parse", "HEAD"));
        var image = await world.ImageOfAsync(first);
        var commit = await world.ReleaseAsync("v1.1.0", "\n    environment: { GREETING: hello }", more: $"  side: {{ image: \"{world.BaseImage}\", volumes: [\"data:/data\"] }}");

        var updated = await world.UpdateAsync();
        Assert.True((updated.Status, updated.To) == (UpdateStatus.Kept, "v1.1.0"), Text(updated));
        Assert.Equal("v1.1.0", await world.RunningAsync());
        // What is this machine's own is where it was; what the commit changes has changed.
        Assert.Equal(("ran\nran", "of this machine", "hello"), (await world.PageAsync("rows"), await world.PageAsync("conf/here"), await world.PageAsync("greeting")));
        Assert.Equal($"it's $me {commit}", await world.PageAsync("said"));
        Assert.NotEqual("", await world.ContainerAsync("side"));
        var second = await world.ContainerAsync();
        Assert.NotEqual(image, await world.ImageOfAsync(second));

        // The checkout stays at its commit, and nothing but the compose file differs; Compose accepts what it finds.
        Assert.Equal(head, await world.RunAsync("git", "rev-parse", "HEAD"));
        Assert.Equal(" M docker-compose.yml\n", await world.RunAsync("git", "status", "--porcelain"));
        await world.ComposeAsync("up", "--detach");
        Assert.Equal(second, await world.ContainerAsync());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(world.App, ".upgradeops/build")));
        Assert.Contains("#", await File.ReadAllTextAsync(Path.Combine(world.App, ".upgradeops/log/build-v1.1.0.log"), Token));

        // Now the commit that runs is known: what comes next is listed.
        await world.ReleaseAsync("v1.2.0", "\n    environment: { GREETING: hello }");
        var status = await world.AskAsync<AppStatus>("status", world.Definition);
        Assert.True((status.RunningVersion, status.LatestVersion, status.UpdateAvailable) == ("v1.1.0", "v1.2.0", true), EngineJson.Write(status, indented: true));
        Assert.Equal(("Release v1.2.0", "Ada"), (Assert.Single(status.Commits).Subject, status.Commits[0].Author));

        // Somebody tidies up: names that moved on, and what nothing seems to use.
        await world.RunAsync("docker", "image", "prune", "--force", "--all", "--filter", $"label=com.docker.compose.project={world.Project}");
        var undone = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True(undone.Status == UpdateStatus.Kept, Text(undone));
        Assert.Equal(("v1.0.0", image), (await world.RunningAsync(), await world.ImageOfAsync(await world.ContainerAsync())));
        Assert.Equal("", await world.RunAsync("git", "status", "--porcelain"));
        Assert.Equal("ran\nran\nran", await world.PageAsync("rows"));
        var back = await world.ContainerAsync();
        await world.ComposeAsync("up", "--detach");
        Assert.Equal(back, await world.ContainerAsync());
    }

    [Fact]
    public async Task A_service_with_a_fixed_name_is_replaced_and_put_back()
    {
        await using var world = await GitComposeWorld.StartAsync($"\n    container_name: fixed-{Guid.NewGuid():N}");
        var image = await world.ImageOfAsync(await world.ContainerAsync());
        var name = (await world.RunAsync("docker", "inspect", "--format", "{{.Name}}", await world.ContainerAsync())).Trim().TrimStart('/');
        await world.ReleaseAsync("v1.1.0", $"\n    container_name: {name}");
        var updated = await world.UpdateAsync();
        Assert.True((updated.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.1.0"), Text(updated));

        // One that fails after the old container is gone: that one is made again.
        var second = await world.ImageOfAsync(await world.ContainerAsync());
        await world.ReleaseAsync("v1.2.0", $"\n    container_name: {name}\n    command: [\"-x\"]\n    entrypoint: [\"false\"]");
        var failed = await world.UpdateAsync();
        Assert.True((failed.Status, await world.RunningAsync()) == (UpdateStatus.Undone, "v1.1.0"), Text(failed));
        Assert.Equal(second, await world.ImageOfAsync(await world.ContainerAsync()));

        var undone = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True((undone.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.0.0"), Text(undone));
        Assert.Equal(image, await world.ImageOfAsync(await world.ContainerAsync()));
        Assert.Equal("ran\nran\nran\nran", await world.PageAsync("rows"));
        // Of the commits, only the image that could be gone back to has kept its name.
        Assert.Equal(second, (await world.RunAsync("docker", "image", "ls", "--no-trunc", "--format", "{{.ID}}", "--filter", $"reference={world.Project}-app:git-*")).Trim());
    }

    [Fact]
    public async Task What_cannot_be_built_is_told_and_what_runs_is_not_touched()
    {
        await using var world = await GitComposeWorld.StartAsync();
        var before = (await world.ContainerAsync(), await File.ReadAllTextAsync(world.ComposeFile, Token));
        async Task<UpdateResult> FailsAsync(UpdateStatus status, params string[] more)
        {
            var failed = await world.UpdateAsync(more);
            Assert.True(failed.Status == status, Text(failed));
            Assert.Equal("v1.0.0", await world.RunningAsync());
            Assert.Equal(before, (await world.ContainerAsync(), await File.ReadAllTextAsync(world.ComposeFile, Token)));
            return failed;
        }

        await world.ReleaseAsync("v1.1.0", run: "echo 'cannot find the moon' >&2; exit 101");
        var error = (await FailsAsync(UpdateStatus.Undone)).Error!;
        Assert.Equal(ErrorIds.BuildFailed, error.ErrorId);
        Assert.Contains("cannot find the moon", error.Message);
        Assert.Contains("cannot find the moon", await File.ReadAllTextAsync(Path.Combine(world.App, ".upgradeops/log/build-v1.1.0.log"), Token));

        await world.ReleaseAsync("v1.2.0", dockerfile: "Dockerfile.gone");
        var refused = await FailsAsync(UpdateStatus.Refused);
        Assert.True(refused.Error?.ErrorId == ErrorIds.BuildFileMissing, Text(refused));
        await world.ReleaseAsync("v1.3.0", more: "  other: { build: ./nowhere }");
        refused = await FailsAsync(UpdateStatus.Refused);
        Assert.True(refused.Error?.ErrorId == ErrorIds.BuildFileMissing, Text(refused));

        // Another project is another set of volumes; a volume that nothing mounts is data that nobody sees.
        await world.ReleaseAsync("v1.4.0", volume: "other");
        refused = await FailsAsync(UpdateStatus.Refused);
        Assert.True(refused.Error is { ErrorId: ErrorIds.ComposeUnsupported } lost && lost.Message.Contains($"{world.Project}_data"), Text(refused));
        Assert.Contains(ErrorIds.ReleaseNotFound, (await world.ConsoleAsync(null, "update", world.Definition, "--yes", "--version", "v9.9.9")).Error);

        // Edited here, and changed by the commit: nobody can tell which counts.
        await File.AppendAllTextAsync(world.ComposeFile, "# ours\n", Token);
        before = (before.Item1, before.Item2 + "# ours\n");
        await world.ReleaseAsync("v1.5.0", "\n    environment: { GREETING: hello }");
        refused = await FailsAsync(UpdateStatus.Refused);
        Assert.True(refused.Error?.ErrorId == ErrorIds.ConfigurationEdited, Text(refused));
    }

    [Theory]
    [InlineData("resume")]
    [InlineData("undo")]
    public async Task Killed_in_the_middle_the_build_goes_on_and_is_taken_over_or_ended(string way)
    {
        await using var world = await GitComposeWorld.StartAsync();
        var first = await world.ContainerAsync();
        var mark = $"mark-{Guid.NewGuid():N}";
        await world.ReleaseAsync("v1.1.0", run: $": {mark}; n=0; while [ $n -lt {(way == "resume" ? 60 : 6000)} ]; do n=$((n+1)); sleep 0.1; done");
        // A real SIGKILL, while the engine builds.
        var killed = await world.ConsoleAsync(e => e.Kind == ProgressKind.Working && e.Message == "Building the images" && Waited(() => Runs(mark)), "update", world.Definition, "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());
        Assert.True(Runs(mark));
        Assert.Equal((first, "v1.0.0"), (await world.ContainerAsync(), await world.RunningAsync()));

        if (way == "resume")
        {
            var resumed = (await world.ConsoleAsync(null, "resume", world.Definition)).Result;
            Assert.True((resumed.Status, resumed.To, resumed.Resumed) == (UpdateStatus.Kept, "v1.1.0", true), Text(resumed));
            // Built once: nothing was begun anew.
            Assert.Equal(("v1.1.0", "1"), (await world.RunningAsync(), await world.PageAsync("count")));
        }
        else
        {
            var undone = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
            Assert.True(undone.Status == UpdateStatus.Undone, Text(undone));
            Assert.True(Waited(() => !Runs(mark)));
            Assert.Equal((first, "v1.0.0"), (await world.ContainerAsync(), await world.RunningAsync()));
        }

        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(world.App, ".upgradeops/build")));
    }

    /// <summary>Between the build's end and who goes on, somebody gave its name to another image: that is not what the plan says.</summary>
    [Fact]
    public async Task An_image_that_was_put_in_the_place_of_what_was_built_is_not_started()
    {
        await using var world = await GitComposeWorld.StartAsync();
        var first = await world.ContainerAsync();
        var mark = $"mark-{Guid.NewGuid():N}";
        var commit = await world.ReleaseAsync("v1.1.0", run: $": {mark}; n=0; while [ $n -lt 40 ]; do n=$((n+1)); sleep 0.1; done");
        var killed = await world.ConsoleAsync(e => e.Kind == ProgressKind.Working && e.Message == "Building the images" && Waited(() => Runs(mark)), "update", world.Definition, "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());
        string image = "";
        await Until.TrueAsync(
            async () => (image = (await world.RunAsync("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter", $"reference={world.Project}-app:git-*")).Trim()).Length > 0,
            TimeSpan.FromMinutes(1), "the end of the build", Token);
        Assert.Contains(commit[..12], image, StringComparison.Ordinal);
        await world.RunAsync("docker", "tag", world.BaseImage, image);

        var resumed = (await world.ConsoleAsync(null, "resume", world.Definition)).Result;

        Assert.True((resumed.Status, resumed.Error?.ErrorId) == (UpdateStatus.Undone, ErrorIds.BuildOutputMissing), Text(resumed));
        Assert.Contains($"the engine has no image {image} of that commit", resumed.Error!.Message);
        Assert.Equal((first, "v1.0.0"), (await world.ContainerAsync(), await world.RunningAsync()));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(world.App, ".upgradeops/build")));
    }

    [Fact]
    public async Task On_a_host_over_SSH_it_survives_connections_that_break()
    {
        await using var world = await GitComposeWorld.StartAsync(host: "ssh");
        await world.ReleaseAsync("v1.1.0", run: "sleep 3");
        var cuts = 0;
        var outcome = await world.ConsoleAsync(
            e =>
            {
                if (e is { Kind: ProgressKind.Working, Message: "Building the images" })
                    cuts += world.Server.CutAsync().GetAwaiter().GetResult();
                return false;
            },
            "update", world.Definition, "--yes");
        Assert.True(cuts > 0);
        Assert.True((outcome.Result.Status, outcome.Result.To) == (UpdateStatus.Kept, "v1.1.0"), outcome.ToString());
        Assert.Equal(("v1.1.0", "1"), (await world.RunningAsync(), await world.PageAsync("count")));
        var undone = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True((undone.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.0.0"), Text(undone));
    }

    /// <summary>Whether a process with this word in its arguments runs on this machine, in a container or not.</summary>
    private static bool Runs(string mark) => Directory.GetDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])).Any(d =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(d, "cmdline")).Contains(mark, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static bool Waited(Func<bool> seen) => SpinWait.SpinUntil(
        () =>
        {
            Thread.Sleep(50);
            return seen();
        },
        TimeSpan.FromMinutes(1));

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
