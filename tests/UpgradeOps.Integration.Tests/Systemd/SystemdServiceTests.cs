using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Systemd;

/// <summary>The supervisor <c>systemd</c> on a real one, from the console, over SSH.</summary>
public sealed class SystemdServiceTests(SystemdFixture fixture) : IClassFixture<SystemdFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Updates_are_kept_status_and_log_tell_them_and_an_undo_starts_the_old_release()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture);
        var first = await world.InstallAsync("1.0.0");
        Assert.Equal("1.0.0", await world.RunningAsync());
        var second = await world.InstallAsync("1.1.0");
        Assert.Equal(("1.0.0", "1.1.0", "releases/1.1.0"), (second.From, second.To, world.Link));
        Assert.Equal("1.1.0", await world.RunningAsync());
        Assert.True(second.OutageSeconds is > 0 and < 30, Text(second));
        Assert.Null(first.Error);

        var invocation = await world.ShowAsync("InvocationID");
        var status = await world.StatusAsync();
        var instance = Assert.Single(status.Instances);
        Assert.Equal(("1.1.0", "running", invocation, $"{world.Service}/releases/1.1.0"), (status.RunningVersion, instance.State, instance.Id, instance.Artifact));

        var log = await world.LogAsync(tail: 10);
        Assert.Contains(log, l => l.Message == "serving {\"version\":\"1.1.0\"}" && l.At is not null);
        Assert.DoesNotContain(log, l => l.Message.Contains("1.0.0", StringComparison.Ordinal));

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        enough.CancelAfter(TimeSpan.FromMinutes(1));
        var follows = world.FollowAsync(tail: 1, enough.Token).GetAsyncEnumerator(enough.Token);
        Assert.True(await follows.MoveNextAsync());
        var undone = await world.UndoAsync();
        Assert.True(undone.Status is UpdateStatus.Kept or UpdateStatus.Undone, Text(undone));
        while (!follows.Current.Message.Contains("serving {\"version\":\"1.0.0\"}", StringComparison.Ordinal))
            Assert.True(await follows.MoveNextAsync());
        await follows.DisposeAsync();
        Assert.Equal(("1.0.0", "releases/1.0.0", "active"), (await world.RunningAsync(), world.Link, await world.ShowAsync("ActiveState")));
    }

    /// <summary>Whether systemd starts it again at once, waits long before it does, or does not: with its words, and the old release runs again.</summary>
    [Theory]
    [InlineData("Restart=always\nRestartSec=100ms", ErrorIds.InstanceExited)]
    [InlineData("Restart=on-failure\nRestartSec=45s", ErrorIds.InstanceExited)]
    [InlineData("Restart=no", ErrorIds.ServiceStartFailed)]
    public async Task A_release_that_crashes_is_undone_before_the_health_time_out_and_its_last_words_are_told(string settings, string errorId)
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, settings);
        await world.InstallAsync("1.0.0");
        var began = await world.ShowAsync("InvocationID");

        var failed = await world.UpdateAsync(SystemdWorld.Bad);

        // Not what a health time-out would be called.
        Assert.True(failed.Status == UpdateStatus.Undone && failed.Error!.ErrorId == errorId, Text(failed));
        Assert.Contains("opening the ledger | the ledger is locked", failed.Error.Message);
        Assert.Equal(("1.0.0", "releases/1.0.0", "0"), (await world.RunningAsync(), world.Link, await world.ShowAsync("NRestarts")));
        Assert.NotEqual(began, await world.ShowAsync("InvocationID"));
    }

    [Theory]
    [InlineData("service.stop")]
    [InlineData("service.start")]
    public async Task A_killed_update_goes_on_and_starts_the_new_release_once(string step)
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture);
        await world.InstallAsync("1.0.0");
        var killed = await world.RunAsync(
            e => e.Kind == ProgressKind.StepDone && e.StepId!.Contains(step, StringComparison.Ordinal), "update", world.Definition, "--version", "1.1.0", "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());
        var before = step == "service.start" ? await world.ShowAsync("InvocationID") : null;

        var resumed = await world.ResumeAsync();
        Assert.True((resumed.Status, resumed.To, resumed.Resumed) == (UpdateStatus.Kept, "1.1.0", true), Text(resumed));
        Assert.Equal("1.1.0", await world.RunningAsync());
        if (before is not null)
            Assert.Equal(before, await world.ShowAsync("InvocationID"));
    }

    [Fact]
    public async Task A_killed_update_is_undone()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture);
        await world.InstallAsync("1.0.0");
        var killed = await world.RunAsync(
            e => e.Kind == ProgressKind.StepDone && e.StepId!.Contains("service.start", StringComparison.Ordinal), "update", world.Definition, "--version", "1.1.0", "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());

        var undone = await world.UndoAsync();
        Assert.True(undone.Status is UpdateStatus.Undone or UpdateStatus.Kept, Text(undone));
        Assert.Equal(("1.0.0", "releases/1.0.0"), (await world.RunningAsync(), world.Link));
    }

    /// <summary>systemd restarts what ends: the update is not taken in by an old life, and the restarts do not make it another instance.</summary>
    [Fact]
    public async Task An_application_that_ends_once_and_then_stays_is_kept_and_stays_the_same_instance()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, "Restart=always\nRestartSec=100ms\nExecCondition=/bin/sh -c 'true'");
        await world.InstallAsync("1.0.0");
        var id = Assert.Single((await world.StatusAsync()).Instances).Id;
        await world.Machine.SystemctlAsync("kill", "--signal=KILL", world.Unit);
        await Until.TrueAsync(async () => await world.ShowAsync("NRestarts") == "1" && await world.RunningAsync() == "1.0.0", TimeSpan.FromSeconds(30), "the restart", Token);

        var instance = Assert.Single((await world.StatusAsync()).Instances);
        Assert.Equal((id, 1), (instance.Id, instance.RestartCount));
        Assert.NotEqual(id, instance.StartedAt);
        await world.InstallAsync("1.1.0");
    }

    [Fact]
    public async Task A_backup_pauses_the_unit_and_it_goes_on()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, more: """
            backups: [ { command: { name: state, run: [sh, -c, "systemctl show --value -p FreezerState UNIT | tee ROOT/seen"], restore: [cat] } } ]
            quiesce: pause
            """);
        await world.InstallAsync("1.0.0");
        var invocation = await world.ShowAsync("InvocationID");

        await world.BackUpAsync();

        Assert.Equal("frozen\n", await File.ReadAllTextAsync(Path.Combine(world.Root, "seen"), Token));
        Assert.Equal(("running", invocation, "1.0.0"), (await world.ShowAsync("FreezerState"), await world.ShowAsync("InvocationID"), await world.RunningAsync()));

        // Left frozen, it is stopped all the same.
        await world.SystemctlAsync("freeze", world.Unit);
        await world.InstallAsync("1.1.0");
        Assert.Equal("1.1.0", await world.RunningAsync());
    }

    /// <summary>It came with the unit's last start, after whatever looked at the unit before.</summary>
    [Fact]
    public async Task A_unit_that_has_a_watchdog_by_now_is_not_paused()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, more: "backups: [ { folder: shared } ]\nquiesce: pause");
        Directory.CreateDirectory(Path.Combine(world.Service, "shared"));
        await world.InstallAsync("1.0.0");
        await world.WriteUnitAsync("Restart=always\nWatchdogSec=10min");
        await world.SystemctlAsync("restart", world.Unit);
        var invocation = await world.ShowAsync("InvocationID");

        var refused = (await Assert.ThrowsAsync<AppException>(world.BackUpAsync)).Error;

        Assert.Equal(ErrorIds.ServiceUnitUnfit, refused.ErrorId);
        Assert.Contains("has a watchdog", refused.Message);
        Assert.Equal(("running", invocation), (await world.ShowAsync("FreezerState"), await world.ShowAsync("InvocationID")));
    }

    /// <summary>The unit runs what the link leads to: another release than the one that is to start would answer in its name.</summary>
    [Fact]
    public async Task A_unit_is_not_started_while_the_link_leads_to_another_release()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture);
        await world.InstallAsync("1.0.0");
        await world.SystemctlAsync("stop", world.Unit);
        await using var host = new SshHost(SshAddress.Parse(world.Machine.Address)!, new SshOptions { ConfigurationFile = world.Machine.ConfigurationFile }, TimeProvider.System);
        var definition = await DefinitionLoader.LoadAsync(world.Definition, Token);
        var supervisor = new SystemdSupervisor(definition, definition.Platform.Service!, host, TimeProvider.System);

        var refused = (await Assert.ThrowsAsync<AppException>(() => supervisor.StartAsync($"{world.Service}/releases/1.1.0", Token))).Error;

        Assert.Equal(ErrorIds.ServiceStartFailed, refused.ErrorId);
        Assert.Contains($"{world.Service}/releases/1.0.0, not {world.Service}/releases/1.1.0", refused.Message);
        Assert.Equal("inactive", await world.ShowAsync("ActiveState"));
        Assert.True((await supervisor.StartAsync($"{world.Service}/releases/1.0.0", Token)).IsAlive);
    }

    /// <summary>Its process is another user's: where it runs from cannot be seen, and is known all the same.</summary>
    [Fact]
    public async Task A_user_to_whom_polkit_allows_it_updates_a_unit_of_another_user()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, "User=nobody\nRestart=always\nRestartSec=100ms", user: "ops", prefix: "open");
        await world.InstallAsync("1.0.0");
        var failed = await world.UpdateAsync(SystemdWorld.Bad);
        Assert.True(failed.Status == UpdateStatus.Undone, Text(failed));
        Assert.Contains(failed.Findings, f => f.Message.Contains("cannot read the journal", StringComparison.Ordinal));
        Assert.Equal("1.0.0", await world.RunningAsync());
        await world.InstallAsync("1.1.0");
        Assert.Equal(("1.1.0", $"{world.Service}/releases/1.1.0"), (await world.RunningAsync(), Assert.Single((await world.StatusAsync()).Instances).Artifact));
    }

    [Fact]
    public async Task A_unit_of_a_user_is_updated_by_that_user()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, user: "ops", scope: "user");
        await world.InstallAsync("1.0.0");
        var failed = await world.UpdateAsync(SystemdWorld.Bad);
        Assert.True(failed.Status == UpdateStatus.Undone, Text(failed));
        Assert.Contains("the ledger is locked", failed.Error!.Message);
        await world.InstallAsync("1.1.0");
        Assert.Equal("1.1.0", await world.RunningAsync());
    }

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
