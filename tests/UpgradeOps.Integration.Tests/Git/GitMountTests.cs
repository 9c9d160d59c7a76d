using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Git;

/// <summary>
/// Files of the repository that containers mount from the folder, from the console, on a real engine. What the application tells as its version stands in
/// such a file: it is the new one only where the file was there before the new container started.
/// </summary>
public sealed class GitMountTests
{
    private const string Mounts = ", \"./site:/www/site:ro\", \"./motd:/www/motd:ro\"";
    private const string Failing = "\n    entrypoint: [\"false\"]";
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mounted_files_come_with_the_commit_go_with_a_failure_and_with_the_way_back()
    {
        await using var world = await StartAsync();
        await File.WriteAllTextAsync(Path.Combine(world.App, "site/ours"), "edited here", Token);
        await File.WriteAllTextAsync(Path.Combine(world.App, "site/data"), "nobody's but this machine's", Token);
        var (first, image) = (Look(world), await world.ImageOfAsync(await world.ContainerAsync()));
        var beside = await world.ContainerAsync("beside");
        await ReleaseSecondAsync(world);

        var plan = await world.AskAsync<UpdatePlan>("plan", world.Definition);
        var step = Assert.Single(plan.Steps, s => s.Kind == StepKinds.Mounts);
        Assert.Matches("^Of the mounted files, change motd, site/health, site/run.sh; add site/deep/new: as in commit [0-9a-f]{12}$", step.Description);
        // Nothing stands against the new container beside the old: it sees nothing before its start.
        Assert.Equal([StepKinds.Create, StepKinds.Stop, StepKinds.Mounts], plan.Steps.Select(s => s.Kind).Where(k => k is StepKinds.Create or StepKinds.Recreate or StepKinds.Stop or StepKinds.Mounts));
        Assert.Contains(plan.Findings, f => f is { Severity: FindingSeverity.Warning, Target: "beside" } && f.Message.Contains("motd", StringComparison.Ordinal));
        Assert.Equal(first, Look(world));

        var updated = await world.UpdateAsync();
        Assert.True((updated.Status, updated.To) == (UpdateStatus.Kept, "v1.1.0"), Text(updated));
        Assert.Equal("v1.1.0", await world.RunningAsync());
        Assert.Equal(
            ("second", "here now", "as ever", "edited here", "nobody's but this machine's"),
            (await world.PageAsync("motd"), await world.PageAsync("site/deep/new"), await world.PageAsync("site/same"), await world.PageAsync("site/ours"), await world.PageAsync("site/data")));
        Assert.Equal(Executable, File.GetUnixFileMode(Path.Combine(world.App, "site/run.sh")) & Executable);
        Assert.Equal(beside, await world.ContainerAsync("beside"));
        var second = Look(world);

        // One that fails leaves nothing behind, its new folder neither; now the commit that runs is known, and with it what was removed since.
        Directory.Delete(Path.Combine(world.Workshop.Checkout, "site/old"), recursive: true);
        (string, string)[] third = [Start, ("motd", "third"), ("site/other/new", "x"), ("site/health", GitComposeWorld.Health("v1.3.0"))];
        await world.ReleaseAsync("v1.2.0", Failing, more: Of(world), mounts: Mounts, files: third);
        var failed = await world.UpdateAsync();
        Assert.True((failed.Status, await world.RunningAsync()) == (UpdateStatus.Undone, "v1.1.0"), Text(failed));
        Assert.Equal(second, Look(world));
        await world.ReleaseAsync("v1.3.0", more: Of(world), mounts: Mounts, files: third);
        updated = await world.UpdateAsync();
        Assert.True((updated.Status, await world.RunningAsync(), await world.PageAsync("motd")) == (UpdateStatus.Kept, "v1.3.0", "third"), Text(updated));
        Assert.Equal((false, true), (Directory.Exists(Path.Combine(world.App, "site/old")), Directory.Exists(Path.Combine(world.App, "site/other"))));

        var undone = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True((undone.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.1.0"), Text(undone));
        Assert.Equal(second, Look(world));
        undone = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True((undone.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.0.0"), Text(undone));
        Assert.Equal((first, image), (Look(world), await world.ImageOfAsync(await world.ContainerAsync())));
    }

    [Fact]
    public async Task An_edit_on_both_sides_is_refused_and_one_that_comes_later_is_not_written_over()
    {
        await using var world = await StartAsync();
        await ReleaseSecondAsync(world);
        var motd = Path.Combine(world.App, "motd");
        await File.WriteAllTextAsync(motd, "ours", Token);
        var before = Look(world);
        var refused = await world.UpdateAsync();
        Assert.True(refused is { Status: UpdateStatus.Refused, Error.ErrorId: ErrorIds.ConfigurationEdited } && refused.Error.Message.Contains(motd, StringComparison.Ordinal), Text(refused));
        Assert.Equal(before, Look(world));

        await File.WriteAllTextAsync(motd, "first", Token);
        var updated = await world.UpdateAsync();
        Assert.True(updated.Status == UpdateStatus.Kept, Text(updated));
        await File.WriteAllTextAsync(motd, "ours", Token);
        refused = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True(refused is { Status: UpdateStatus.Refused, Error.ErrorId: ErrorIds.ConfigurationEdited }, Text(refused));
        Assert.Equal(("v1.1.0", "ours"), (await world.RunningAsync(), await File.ReadAllTextAsync(motd, Token)));
        File.Delete(motd);
        var undone = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True((undone.Status, await world.RunningAsync(), await world.PageAsync("motd")) == (UpdateStatus.Kept, "v1.0.0", "first"), Text(undone));
    }

    [Fact]
    public async Task A_file_that_is_mounted_for_the_first_time_is_there_when_its_container_is_made_and_its_link_is_not_followed()
    {
        await using var world = await StartAsync();
        Directory.CreateDirectory(Path.Combine(world.App, "elsewhere"));
        File.CreateSymbolicLink(Path.Combine(world.App, "linked"), "elsewhere");
        await world.ReleaseAsync(
            "v1.1.0", "\n    configs: [ { source: extra, target: /www/extra } ]", more: Of(world), mounts: $"{Mounts}, \"./linked:/www/linked:ro\"",
            files: [Start, .. Second, ("extra.conf", "extra"), ("linked/file", "x"), ("docker-compose.override.yml", "configs: { extra: { file: ./extra.conf } }\n")]);
        await File.WriteAllTextAsync(Path.Combine(world.App, "docker-compose.override.yml"), "configs: { extra: { file: ./extra.conf } }\n", Token);
        var updated = await world.UpdateAsync();
        Assert.True((updated.Status, await world.RunningAsync(), await world.PageAsync("extra")) == (UpdateStatus.Kept, "v1.1.0", "extra"), Text(updated));
        Assert.Contains(updated.Findings, f => f is { Severity: FindingSeverity.Warning } && f.Target.EndsWith("linked/file", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(world.App, "elsewhere")));
        var undone = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True((undone.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.0.0"), Text(undone));
        Assert.False(File.Exists(Path.Combine(world.App, "extra.conf")));
    }

    [Theory]
    [InlineData(ProgressKind.StepStarted, false, "resume")]
    [InlineData(ProgressKind.Working, false, "resume")]
    [InlineData(ProgressKind.Working, false, "undo")]
    [InlineData(ProgressKind.StepDone, false, "undo")]
    [InlineData(ProgressKind.Undoing, true, "resume")]
    public async Task Killed_while_they_are_written_all_are_new_or_all_are_old(ProgressKind at, bool fails, string way)
    {
        await using var world = await StartAsync();
        var first = Look(world);
        await ReleaseSecondAsync(world, fails ? Failing : "");
        var seen = 0;
        // Of several files, one is written and the next is about to be.
        var killed = await world.ConsoleAsync(
            e => e.Kind == at && e.StepId?.Contains(StepKinds.Mounts, StringComparison.Ordinal) == true && ++seen == (at == ProgressKind.Working ? 2 : 1), "update", world.Definition, "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());

        var ended = (await world.ConsoleAsync(null, way == "undo" ? ["undo", world.Definition, "--yes"] : ["resume", world.Definition])).Result;
        var kept = way == "resume" && !fails;
        Assert.True((ended.Status, await world.RunningAsync()) == (kept ? UpdateStatus.Kept : UpdateStatus.Undone, kept ? "v1.1.0" : "v1.0.0"), Text(ended));
        if (!kept)
        {
            Assert.Equal(first, Look(world));
            return;
        }

        var undone = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True((undone.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.0.0"), Text(undone));
        Assert.Equal(first, Look(world));
    }

    [Fact]
    public async Task On_a_host_over_SSH_and_in_a_folder_that_is_no_checkout_they_are_written_and_put_back_too()
    {
        await using var world = await StartAsync("ssh");
        // Nothing tells which commit runs: what some commit had follows, and what none had stays.
        Directory.Delete(Path.Combine(world.App, ".git"), recursive: true);
        await File.WriteAllTextAsync(Path.Combine(world.App, "site/ours"), "edited here", Token);
        var first = Look(world);
        await ReleaseSecondAsync(world);
        var updated = await world.UpdateAsync();
        Assert.True((updated.Status, await world.RunningAsync(), await world.PageAsync("site/deep/new")) == (UpdateStatus.Kept, "v1.1.0", "here now"), Text(updated));
        Assert.Contains(updated.Findings, f => f is { Severity: FindingSeverity.Warning } && f.Target.EndsWith("site/ours", StringComparison.Ordinal));
        var undone = (await world.ConsoleAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True((undone.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.0.0"), Text(undone));
        Assert.Equal(first, Look(world));
    }

    /// <summary>A service that no update of the application moves.</summary>
    private static string Beside => "  beside: { image: \"BASE\", entrypoint: [\"sh\", \"-c\", \"trap 'exit 0' TERM; while :; do sleep 0.1; done\"], volumes: [\"./motd:/motd:ro\"] }";

    /// <summary>The page that tells the version is the mounted one.</summary>
    private static (string Path, string Text) Start => ("start.sh", "trap 'exit 0' TERM\nln -sf /www/site/health /www/health\nhttpd -f -p 8080 -h /www &\nwhile :; do sleep 0.1; done\n");

    private static (string Path, string Text)[] Second => [("motd", "second"), ("site/health", GitComposeWorld.Health("v1.1.0")), ("site/deep/new", "here now")];

    private static Task<GitComposeWorld> StartAsync(string host = "local") => GitComposeWorld.StartAsync(
        w => w.ReleaseAsync(
            "v1.0.0", more: Of(w), mounts: Mounts,
            files: [Start, ("motd", "first"), ("site/health", GitComposeWorld.Health("v1.0.0")), ("site/old/file", "gone some time"), ("site/same", "as ever"), ("site/ours", "theirs"), ("site/run.sh", "true")]),
        "app", "channels: { main: \"branch:main\", stable: \"v*\" }, channel: stable", "", host);

    private static async Task ReleaseSecondAsync(GitComposeWorld world, string compose = "")
    {
        File.SetUnixFileMode(Path.Combine(world.Workshop.Checkout, "site/run.sh"), (UnixFileMode)0b111_101_101);
        await world.ReleaseAsync("v1.1.0", compose, more: Of(world), mounts: Mounts, files: [Start, .. Second]);
    }

    private static string Of(GitComposeWorld world) => Beside.Replace("BASE", world.BaseImage, StringComparison.Ordinal);

    /// <summary>Everything in the folder that is not git's or ours, with its content and mode.</summary>
    private static string Look(GitComposeWorld world) => string.Join('\n', Directory
        .GetFileSystemEntries(world.App, "*", SearchOption.AllDirectories)
        .Select(p => Path.GetRelativePath(world.App, p))
        .Where(p => !p.StartsWith(".git", StringComparison.Ordinal) && !p.StartsWith(".upgradeops", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(p => Path.Combine(world.App, p))
        .Select(p => $"{p} {File.GetUnixFileMode(p)} {(Directory.Exists(p) ? "" : File.ReadAllText(p))}"));

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
