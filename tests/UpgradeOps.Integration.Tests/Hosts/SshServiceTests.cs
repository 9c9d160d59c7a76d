using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Hosts;

/// <summary>The platform <c>service</c> on another machine, from the console, over a real SSH server.</summary>
public sealed class SshServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_update_a_failed_one_an_undo_a_backup_and_a_restore()
    {
        Needs.Parts(Part.Ssh);
        await using var world = await SshServiceWorld.StartAsync();
        var first = await world.UpdateAsync("1.0.0");
        Assert.True(first.Status == UpdateStatus.Kept, EngineText(first));
        var second = await world.UpdateAsync("1.1.0");
        Assert.True((second.Status, second.From, second.To) == (UpdateStatus.Kept, "1.0.0", "1.1.0"), EngineText(second));
        Assert.Equal("1.1.0", await world.RunningAsync());

        var status = await world.AskAsync<AppStatus>("status", world.Definition);
        Assert.Equal(("1.1.0", "1.1.0"), (status.RunningVersion, status.LatestVersion is null ? null : status.RunningVersion));

        // It answers with a wrong version: taken back by itself.
        var failed = await world.UpdateAsync("1.2.0");
        Assert.True((failed.Status, failed.Error?.ErrorId) == (UpdateStatus.Undone, ErrorIds.WrongVersion), EngineText(failed));
        Assert.Equal("1.1.0", await world.RunningAsync());

        var undone = (await world.RunAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True(undone.Status is UpdateStatus.Kept or UpdateStatus.Undone, EngineText(undone));
        Assert.Equal("1.0.0", await world.RunningAsync());

        // Everything stands on the host but the backups.
        Assert.True(File.Exists(Path.Combine(world.State, "lease.json")));
        Assert.Equal(4, (await world.AskAsync<List<HistoryEntry>>("history", world.Definition)).Count);

        var note = Path.Combine(world.Shared, "-odd\n'name\"", "note");
        var backup = await world.AskAsync<Backup>("backup", world.Definition);
        Assert.True(File.Exists(Path.Combine(world.Backups, backup.BackupId, "manifest.json")));
        await File.WriteAllTextAsync(note, "written since", Token);
        await File.WriteAllTextAsync(Path.Combine(world.Shared, "new"), "not in the backup", Token);
        var restored = (await world.RunAsync(null, "restore", world.Definition, "--backup-id", backup.BackupId, "--force")).Result;
        Assert.True(restored.Status == UpdateStatus.Kept, EngineText(restored));
        Assert.Equal("first", await File.ReadAllTextAsync(note, Token));
        Assert.False(File.Exists(Path.Combine(world.Shared, "new")));
        Assert.Equal("written since", await File.ReadAllTextAsync(Path.Combine(Directory.GetDirectories(world.Service, "shared-aside-*").Single(), "-odd\n'name\"", "note"), Token));
        Assert.False(File.Exists("x"));
    }

    [Theory]
    [InlineData("service.stop")]
    [InlineData("service.start")]
    public async Task A_killed_update_is_resumed(string step)
    {
        Needs.Parts(Part.Ssh);
        await using var world = await SshServiceWorld.StartAsync();
        Assert.Equal(UpdateStatus.Kept, (await world.UpdateAsync("1.0.0")).Status);
        var killed = await world.RunAsync(
            e => e.Kind == ProgressKind.StepDone && e.StepId!.Contains(step, StringComparison.Ordinal), "update", world.Definition, "--version", "1.1.0", "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());

        var resumed = (await world.RunAsync(null, "resume", world.Definition)).Result;
        Assert.True((resumed.Status, resumed.To, resumed.Resumed) == (UpdateStatus.Kept, "1.1.0", true), EngineText(resumed));
        Assert.Equal("1.1.0", await world.RunningAsync());
        Assert.Null(await new GetLock(Session(world)).RunAsync(world.Definition, Token));
    }

    [Fact]
    public async Task Connections_that_break_in_the_middle_of_every_step_do_no_harm()
    {
        Needs.Parts(Part.Ssh);
        await using var world = await SshServiceWorld.StartAsync();
        Assert.Equal(UpdateStatus.Kept, (await world.UpdateAsync("1.0.0")).Status);
        var cuts = 0;
        var outcome = await world.RunAsync(
            e =>
            {
                if (e.Kind == ProgressKind.StepStarted)
                    cuts += world.Server.CutAsync().GetAwaiter().GetResult();
                return false;
            },
            "update", world.Definition, "--version", "1.1.0", "--yes");
        Assert.True(cuts > 4, $"only {cuts} were cut");
        Assert.True((outcome.Result.Status, outcome.Result.To) == (UpdateStatus.Kept, "1.1.0"), outcome.ToString());
        Assert.Equal("1.1.0", await world.RunningAsync());
    }

    [Fact]
    public async Task A_host_that_goes_away_in_the_middle_is_an_interrupted_update_that_another_client_resumes()
    {
        Needs.Parts(Part.Ssh);
        await using var world = await SshServiceWorld.StartAsync();
        Assert.Equal(UpdateStatus.Kept, (await world.UpdateAsync("1.0.0")).Status);
        var outcome = await world.RunAsync(
            e =>
            {
                if (e.Kind == ProgressKind.StepDone && e.StepId!.Contains("service.stop", StringComparison.Ordinal))
                    world.Server.GoAwayAsync().GetAwaiter().GetResult();
                return false;
            },
            "update", world.Definition, "--version", "1.1.0", "--yes");
        Assert.True(outcome.Result.Status == UpdateStatus.Interrupted, outcome.ToString());
        Assert.Equal(ErrorIds.StateUnreachable, outcome.Result.Error!.ErrorId);

        await world.Server.StartAgainAsync();
        var resumed = (await world.RunAsync(null, "resume", world.Definition)).Result;
        Assert.True((resumed.Status, resumed.To) == (UpdateStatus.Kept, "1.1.0"), EngineText(resumed));
        Assert.Equal("1.1.0", await world.RunningAsync());
    }

    [Fact]
    public async Task Two_clients_see_one_lock_and_the_second_is_refused()
    {
        Needs.Parts(Part.Ssh);
        await using var world = await SshServiceWorld.StartAsync();
        var session = Session(world);
        await using (var lease = await (await session.OpenStateAsync(world.Definition, Token)).TakeLeaseAsync("a test", Token))
        {
            var held = await world.AskAsync<LockInfo>("lock", world.Definition);
            Assert.Equal(("a test", lease.Fence, true), (held.Purpose, held.Fence, held.OwnerAlive));
            var refused = await world.RunAsync(null, "update", world.Definition, "--version", "1.0.0", "--yes");
            Assert.Equal((UpdateStatus.Refused, ErrorIds.LockHeld), (refused.Result.Status, refused.Result.Error!.ErrorId));
        }

        Assert.Equal(UpdateStatus.Kept, (await world.UpdateAsync("1.0.0")).Status);
        Assert.Equal(
            [UpdateStatus.Refused, UpdateStatus.Kept],
            (await new GetHistory(session).RunAsync(world.Definition, Token)).OrderBy(h => h.StartedAt).Select(h => h.Status));
    }

    private static EngineSession Session(SshServiceWorld world) => new(new EngineOptions { ConfigFolder = world.Environment["UPGRADEOPS_CONFIG"], StateFolder = world.Environment["UPGRADEOPS_STATE"] })
    {
        Variable = name => world.Environment.GetValueOrDefault(name),
    };

    private static string EngineText(UpdateResult result) => Engine.Json.EngineJson.Write(result, indented: true);
}
