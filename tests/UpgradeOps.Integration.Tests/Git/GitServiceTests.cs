using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Git;

/// <summary>The platform <c>service</c> with releases from a git server over SSH, from the console.</summary>
public sealed class GitServiceTests
{
    [Fact]
    public async Task Check_update_fail_go_back_and_a_branch_that_is_rewritten()
    {
        Needs.Parts(Part.Git, Part.Ssh);
        await using var world = await GitServiceWorld.StartAsync();
        await world.Workshop.CommitAsync("A fix");
        var next = await world.ReleaseAsync("v1.1.0");

        var status = await world.AskAsync<AppStatus>("status", world.Definition);
        Assert.Equal(("v1.0.0", "v1.1.0", true), (status.RunningVersion, status.LatestVersion, status.UpdateAvailable));
        Assert.Equal(["Release v1.1.0", "A fix"], status.Commits.Select(c => c.Subject));
        var plan = await world.AskAsync<UpdatePlan>("plan", world.Definition);
        Assert.Equal([next], plan.Commits.Take(1).Select(c => c.Id));
        Assert.Contains(plan.Steps, s => s.Kind == "service.export");

        var second = await world.UpdateAsync();
        Assert.True((second.Status, second.From, second.To) == (UpdateStatus.Kept, "v1.0.0", "v1.1.0"), Text(second));
        Assert.Equal("v1.1.0", await world.RunningAsync());
        Assert.Equal(UpdateStatus.NothingToDo, (await world.UpdateAsync()).Status);

        // It answers with a wrong version: taken back by itself.
        await world.ReleaseAsync("v1.2.0", answers: "9.9.9");
        var failed = await world.UpdateAsync();
        Assert.True((failed.Status, failed.Error?.ErrorId) == (UpdateStatus.Undone, ErrorIds.WrongVersion), Text(failed));
        Assert.Equal("v1.1.0", await world.RunningAsync());

        // The way back needs no server.
        await world.Server.GoAwayAsync();
        var undone = (await world.RunAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True(undone.Status == UpdateStatus.Kept, Text(undone));
        Assert.Equal("v1.0.0", await world.RunningAsync());
        await world.Server.StartAgainAsync();

        // A branch that somebody rewrites is refused, until a person insists.
        await world.ReleaseAsync("x", answers: "anything");
        var head = await world.UpdateAsync("--channel", "main", "--force");
        Assert.True(head.Status == UpdateStatus.Kept, Text(head));
        await world.Workshop.GitAsync("reset", "-q", "--hard", "v1.0.0");
        await world.Workshop.CommitAsync("Rewritten");
        var refused = await world.UpdateAsync();
        Assert.True((refused.Status, refused.Error?.ErrorId) == (UpdateStatus.Refused, ErrorIds.HistoryRewritten), Text(refused));
        Assert.Equal("anything", await world.RunningAsync());
        var insisted = await world.UpdateAsync("--force");
        Assert.True(insisted.Status == UpdateStatus.Kept, Text(insisted));
        Assert.Equal("v1.0.0", await world.RunningAsync());
    }

    [Fact]
    public async Task A_server_that_does_not_let_us_in_or_is_not_there_changes_nothing()
    {
        Needs.Parts(Part.Git, Part.Ssh);
        await using var world = await GitServiceWorld.StartAsync();
        await world.ReleaseAsync("v1.1.0");
        var process = world.Process();
        async Task RefusedAsync(string errorId)
        {
            var refused = await world.RunAsync(null, "update", world.Definition, "--yes");
            Assert.True(refused.ExitCode == 1 && refused.Error.Contains(errorId, StringComparison.Ordinal), refused.ToString());
            var status = await world.AskAsync<AppStatus>("status", world.Definition);
            Assert.Contains(errorId, status.Problems.Select(p => p.ErrorId));
            Assert.Equal((process, "v1.0.0"), (world.Process(), await world.RunningAsync()));
            Assert.Equal(["v1.0.0"], world.Releases());
        }

        await Command.OutputAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", world["stranger"]);
        world.SshConfiguration = world.Server.ConfigurationWith(world.Server.Key, world["stranger"]);
        await RefusedAsync(ErrorIds.RepositoryUnauthorized);
        world.SshConfiguration = world.Server.ConfigurationWith(world.Server.KnownHosts, "/dev/null");
        await RefusedAsync(ErrorIds.HostKeyUnknown);
        world.SshConfiguration = world.Server.ConfigurationWith(world.Server.KnownHosts, await world.Server.ForeignHostKeyAsync());
        await RefusedAsync(ErrorIds.HostKeyChanged);
        world.SshConfiguration = world.Server.ConfigurationFile;
        await world.Server.GoAwayAsync();
        await RefusedAsync(ErrorIds.RepositoryUnreachable);
        await world.Server.StartAgainAsync();
        Assert.Equal(UpdateStatus.Kept, (await world.UpdateAsync()).Status);
    }

    [Theory]
    [InlineData("resume", "v1.1.0")]
    [InlineData("undo", "v1.0.0")]
    public async Task Killed_while_a_commit_is_written_it_goes_on_or_back_and_leaves_nothing(string way, string ends)
    {
        Needs.Parts(Part.Git, Part.Ssh);
        await using var world = await GitServiceWorld.StartAsync();
        await world.ReleaseAsync("v1.1.0");
        var killed = await world.RunAsync(e => e.Kind == ProgressKind.Working && e.StepId!.Contains("service.export", StringComparison.Ordinal), "update", world.Definition, "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());
        Assert.Equal("v1.0.0", await world.RunningAsync());

        var ended = (await world.RunAsync(null, [way, world.Definition, .. way == "undo" ? (string[])["--yes"] : []])).Result;
        Assert.True(ended.Status is UpdateStatus.Kept or UpdateStatus.Undone, Text(ended));
        Assert.Equal(ends, await world.RunningAsync());
        Assert.DoesNotContain(world.Releases(), r => r!.StartsWith('.'));
    }

    [Fact]
    public async Task On_a_host_over_SSH_the_copy_and_the_releases_stand_there()
    {
        Needs.Parts(Part.Git, Part.Ssh);
        await using var world = await GitServiceWorld.StartAsync(w => w.Workshop.Origin, host: "ssh");
        await world.ReleaseAsync("v1.1.0");
        var updated = await world.UpdateAsync();
        Assert.True((updated.Status, updated.To) == (UpdateStatus.Kept, "v1.1.0"), Text(updated));
        Assert.Equal("v1.1.0", await world.RunningAsync());
        Assert.Equal(["v1.0.0", "v1.1.0"], world.Releases());
    }

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
