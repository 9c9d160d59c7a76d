using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Git;

/// <summary>Builds of commits on the platform <c>service</c>, from the console, with real programs.</summary>
public sealed class GitBuildTests
{
    private const string Build = """
        , build: { environment: { GREETING: "it's $HOME" }, steps: [ { run: [sh, ./build.sh, "a  b"] }, { run: [sh, extra.sh], in: sub, timeout: 10m } ],
                   copy: [ { from: out/www, to: www/ }, { from: out/tool, to: bin/, mode: "0750" }, { from: sub/extra, to: extra.txt } ] }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_is_built_copied_and_run_and_the_way_back_builds_nothing()
    {
        Needs.Parts(Part.Git, Part.Ssh);
        await using var world = await GitServiceWorld.StartAsync(build: Build, first: w => PublishAsync(w, "v1.0.0"));
        Assert.Equal("v1.0.0", await world.RunningAsync());
        var release = Path.Combine(world.Service, "releases/v1.0.0");
        Assert.Equal(["bin", "extra.txt", "www"], Directory.GetFileSystemEntries(release).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("a  b it's $HOME v1.0.0\n", await File.ReadAllTextAsync(Path.Combine(release, "www/said"), Token));
        Assert.Equal("v1.0.0\n", await File.ReadAllTextAsync(Path.Combine(release, "extra.txt"), Token));
        Assert.Equal(Convert.ToInt32("0750", 8), (int)File.GetUnixFileMode(Path.Combine(release, "bin/tool")));
        Assert.Contains("$ sh ./build.sh a  b\nbuilding v1.0.0\n", await File.ReadAllTextAsync(Path.Combine(world.Service, "log/build-v1.0.0.log"), Token));

        // What git ignores stays in the tree; what it does not goes.
        await File.WriteAllTextAsync(Path.Combine(world.Service, "source/tree/stray"), "", Token);
        await PublishAsync(world, "v1.1.0");
        var updated = await world.UpdateAsync();
        Assert.True((updated.Status, updated.To) == (UpdateStatus.Kept, "v1.1.0"), Text(updated));
        Assert.Equal("2\n", await File.ReadAllTextAsync(Path.Combine(world.Service, "releases/v1.1.0/www/count"), Token));
        Assert.False(File.Exists(Path.Combine(world.Service, "source/tree/stray")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(world.Service, "source/build")));

        var undone = (await world.RunAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True(undone.Status == UpdateStatus.Kept, Text(undone));
        Assert.Equal("v1.0.0", await world.RunningAsync());
        Assert.Equal("2\n", await File.ReadAllTextAsync(Path.Combine(world.Service, "source/tree/cache/count"), Token));
    }

    [Fact]
    public async Task A_build_that_fails_is_told_with_the_end_of_its_log_and_nothing_was_touched()
    {
        Needs.Parts(Part.Git, Part.Ssh);
        await using var world = await GitServiceWorld.StartAsync(build: Build, first: w => PublishAsync(w, "v1.0.0"));
        var process = world.Process();
        async Task<AppError> FailsAsync()
        {
            var failed = await world.UpdateAsync();
            Assert.True(failed.Status == UpdateStatus.Undone, Text(failed));
            Assert.Equal((process, "v1.0.0"), (world.Process(), await world.RunningAsync()));
            Assert.Equal(["v1.0.0"], world.Releases());
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(world.Service, "source/build")));
            return failed.Error!;
        }

        await PublishAsync(world, "v1.1.0", "echo 'cannot find the \u001b[31mmoon' >&2; exit 101");
        var error = await FailsAsync();
        Assert.Equal(ErrorIds.BuildFailed, error.ErrorId);
        Assert.Contains("ended with exit code 101", error.Message);
        Assert.Contains("cannot find the  [31mmoon", error.Message);
        Assert.Contains("cannot find the", await File.ReadAllTextAsync(Path.Combine(world.Service, "log/build-v1.1.0.log"), Token));

        await PublishAsync(world, "v1.2.0", "rm out/tool");
        Assert.Equal(ErrorIds.BuildOutputMissing, (await FailsAsync()).ErrorId);
        await PublishAsync(world, "v1.3.0", "kill -9 $PPID; sleep 600");
        Assert.Equal(ErrorIds.BuildFailed, (await FailsAsync()).ErrorId);

        // It was not the version's fault that it could not be built: the same one can be tried again.
        await PublishAsync(world, "v1.3.0");
        Assert.Equal(UpdateStatus.Kept, (await world.UpdateAsync()).Status);
    }

    [Theory]
    [InlineData("resume")]
    [InlineData("undo")]
    public async Task Killed_in_the_middle_the_build_goes_on_and_is_taken_over_or_ended(string way)
    {
        Needs.Parts(Part.Git, Part.Ssh);
        await using var world = await GitServiceWorld.StartAsync(build: Build, first: w => PublishAsync(w, "v1.0.0"));
        var (begun, gate) = (world["begun"], world["gate"]);
        await PublishAsync(world, "v1.1.0", $"echo $$ >'{begun}'; while [ ! -f '{gate}' ]; do sleep 0.05; done");
        // A real SIGKILL, while the step waits.
        var killed = await world.RunAsync(e => e.Kind == ProgressKind.Working && e.Message.StartsWith("Building (1", StringComparison.Ordinal) && Waited(begun), "update", world.Definition, "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());
        var builder = int.Parse(await File.ReadAllTextAsync(begun, Token));
        Assert.True(ProcessIdentity.Lives(builder));
        Assert.Equal("v1.0.0", await world.RunningAsync());

        if (way == "resume")
        {
            await File.WriteAllTextAsync(gate, "", Token);
            var resumed = (await world.RunAsync(null, "resume", world.Definition)).Result;
            Assert.True((resumed.Status, resumed.To, resumed.Resumed) == (UpdateStatus.Kept, "v1.1.0", true), Text(resumed));
            // Built once: nothing was begun anew.
            Assert.Equal("2\n", await File.ReadAllTextAsync(Path.Combine(world.Service, "releases/v1.1.0/www/count"), Token));
        }
        else
        {
            var undone = (await world.RunAsync(null, "undo", world.Definition, "--yes")).Result;
            Assert.True(undone.Status == UpdateStatus.Undone, Text(undone));
            Assert.False(ProcessIdentity.Lives(builder));
            Assert.Equal("v1.0.0", await world.RunningAsync());
        }

        Assert.DoesNotContain(world.Releases(), r => r!.StartsWith('.'));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(world.Service, "source/build")));
    }

    [Fact]
    public async Task What_was_built_belongs_to_its_owner_and_one_that_cannot_own_it_is_refused_before_the_build()
    {
        Needs.Parts(Part.Git, Part.Ssh);
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give files away.");
        await using var world = await GitServiceWorld.StartAsync(build: Build.Replace("copy:", "owner: \"nobody:daemon\", copy:", StringComparison.Ordinal), first: w => PublishAsync(w, "v1.0.0"));
        var listed = await Command.OutputAsync("find", Path.Combine(world.Service, "releases/v1.0.0"), "-printf", "%U:%g %m %P\\n");
        Assert.Equal(
            ["65534:daemon 644 extra.txt", "65534:daemon 644 www/count", "65534:daemon 644 www/health", "65534:daemon 644 www/said", "65534:daemon 750 bin/tool", "65534:daemon 755 ", "65534:daemon 755 bin", "65534:daemon 755 www"],
            listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Equal(UpdateStatus.NothingToDo, (await world.UpdateAsync()).Status);

        await PublishAsync(world, "v1.1.0", $"touch '{world["built"]}'");
        await File.WriteAllTextAsync(world.Definition, (await File.ReadAllTextAsync(world.Definition, Token)).Replace("nobody:daemon", "nobody:no-such-group", StringComparison.Ordinal), Token);
        var refused = await world.UpdateAsync();
        Assert.True((refused.Status, refused.Error?.ErrorId) == (UpdateStatus.Refused, ErrorIds.BuildOwnerForbidden), Text(refused));
        Assert.Contains("no-such-group", refused.Error!.Message);
        Assert.False(File.Exists(world["built"]));
        Assert.Equal("v1.0.0", await world.RunningAsync());
    }

    [Fact]
    public async Task On_a_host_over_SSH_it_survives_connections_that_break_and_a_step_has_its_time()
    {
        Needs.Parts(Part.Git, Part.Ssh);
        await using var world = await GitServiceWorld.StartAsync(w => w.Workshop.Origin, "ssh", Build, w => PublishAsync(w, "v1.0.0"));
        await PublishAsync(world, "v1.1.0", "sleep 2");
        var cuts = 0;
        var outcome = await world.RunAsync(
            e =>
            {
                if (e.Kind == ProgressKind.Working && e.Message.StartsWith("Building", StringComparison.Ordinal))
                    cuts += world.Server.CutAsync().GetAwaiter().GetResult();
                return false;
            },
            "update", world.Definition, "--yes");
        Assert.True(cuts > 0);
        Assert.True((outcome.Result.Status, outcome.Result.To) == (UpdateStatus.Kept, "v1.1.0"), outcome.ToString());
        Assert.Equal("v1.1.0", await world.RunningAsync());

        // Another build, which is not waited for so long.
        await File.WriteAllTextAsync(world.Definition, (await File.ReadAllTextAsync(world.Definition, Token)).Replace("\"a  b\"]", "\"a  b\"], timeout: 3s"), Token);
        await PublishAsync(world, "v1.2.0", "sleep 600");
        var slow = await world.UpdateAsync();
        Assert.True((slow.Status, slow.Error?.ErrorId) == (UpdateStatus.Undone, ErrorIds.BuildFailed), Text(slow));
        Assert.Contains("took longer than 3 s", slow.Error!.Message);
        Assert.Equal("v1.1.0", await world.RunningAsync());
    }

    /// <summary>Commits a version whose page is made by its build.</summary>
    private static async Task PublishAsync(GitServiceWorld world, string version, string more = "true")
    {
        await world.Workshop.CommitAsync(
            $"Release {version}",
            (".gitignore", "/cache\n/out\nextra\n"),
            ("build.sh", $$"""
                set -e
                echo "building $UPGRADEOPS_VERSION"
                mkdir -p out/www cache
                count=$(($(cat cache/count 2>/dev/null || echo 0) + 1))
                echo $count >cache/count
                echo $count >out/www/count
                echo "$1 $GREETING $(git describe --tags)" >out/www/said
                printf '{"version":"%s"}' "$UPGRADEOPS_VERSION" >out/www/health
                touch out/tool
                {{more}}

                """),
            ("sub/extra.sh", "echo $UPGRADEOPS_VERSION >extra\n"));
        await world.Workshop.TagAsync(version);
    }

    private static bool Waited(string file) => SpinWait.SpinUntil(
        () =>
        {
            Thread.Sleep(20);
            return File.Exists(file) && new FileInfo(file).Length > 0;
        },
        TimeSpan.FromMinutes(1));

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
