using UpgradeOps.Engine.Json;

namespace UpgradeOps.Integration.Systemd;

/// <summary>Units that cannot be updated: each is refused by its own error before anything is touched.</summary>
public sealed class UnfitUnitTests(SystemdFixture fixture) : IClassFixture<SystemdFixture>
{
    [Fact]
    public async Task A_unit_that_is_not_there()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, unit: false);
        await RefusedAsync(world, ErrorIds.ServiceUnitMissing, $"There is no unit {world.Unit}");
    }

    [Fact]
    public async Task A_unit_that_is_masked()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture);
        await world.Machine.RunAsync("ln", "-sf", "/dev/null", $"/run/systemd/system/{world.Unit}");
        await world.Machine.SystemctlAsync("daemon-reload");
        await RefusedAsync(world, ErrorIds.ServiceUnitUnfit, "is masked");
    }

    [Fact]
    public async Task A_unit_that_is_broken()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, "Type=dbus");
        await RefusedAsync(world, ErrorIds.ServiceUnitUnfit, "cannot load the unit");
    }

    [Theory]
    [InlineData("Type=oneshot", "Type=oneshot")]
    [InlineData("RemainAfterExit=yes", "RemainAfterExit")]
    public async Task A_unit_whose_program_cannot_be_seen(string settings, string told)
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, settings);
        await RefusedAsync(world, ErrorIds.ServiceUnitUnfit, told);
    }

    [Fact]
    public async Task A_unit_that_does_not_run_the_program_by_the_link()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture);
        await world.WriteUnitAsync("", program: $"{world.Service}/releases/1.0.0/run");
        await RefusedAsync(world, ErrorIds.ServiceUnitUnfit, $"does not run {world.Name} by {world.Service}/current");
    }

    [Fact]
    public async Task A_unit_that_a_timer_starts()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture);
        await world.Machine.WriteUnitAsync($"{world.Name}.timer", "[Timer]\nOnCalendar=yearly");
        await world.Machine.SystemctlAsync("start", $"{world.Name}.timer");
        await RefusedAsync(world, ErrorIds.ServiceUnitUnfit, $"is started by {world.Name}.timer");
        await world.Machine.SystemctlAsync("stop", $"{world.Name}.timer");
    }

    [Fact]
    public async Task A_pause_that_a_watchdog_would_end()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, "WatchdogSec=10min", "backups: [ { folder: shared } ]\nquiesce: pause");
        Directory.CreateDirectory(Path.Combine(world.Service, "shared"));
        await world.StartByHandAsync();
        await RefusedAsync(world, ErrorIds.ServiceUnitUnfit, "has a watchdog");
    }

    [Fact]
    public async Task A_user_who_may_not_stop_it()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, user: "ops");
        await RefusedAsync(world, ErrorIds.ServiceForbidden, "may not start and stop the unit");
        Assert.Equal("inactive", await world.ShowAsync("ActiveState"));

        // Also where it runs, and goes on.
        await world.StartByHandAsync();
        var invocation = await world.ShowAsync("InvocationID");
        await RefusedAsync(world, ErrorIds.ServiceForbidden, "may not start and stop the unit");
        Assert.Equal(("active", invocation), (await world.ShowAsync("ActiveState"), await world.ShowAsync("InvocationID")));
    }

    [Fact]
    public async Task What_a_person_should_know_is_told_and_refuses_nothing()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(fixture, "TimeoutStopSec=3s\nFailureAction=reboot");
        var text = await File.ReadAllTextAsync(world.Definition);
        await File.WriteAllTextAsync(world.Definition, text.Replace("scope: system", "scope: system, stopTimeout: 20s"));
        var plan = await world.PlanAsync("1.0.0");
        var warnings = plan.Findings.Where(f => f.Severity == FindingSeverity.Warning).Select(f => f.Message).ToList();
        Assert.Contains(warnings, w => w.Contains("stopTimeout is 20 s, but systemd kills", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.Contains("FailureAction=reboot", StringComparison.Ordinal));
        Assert.DoesNotContain(plan.Findings, f => f.Severity == FindingSeverity.Blocker);
    }

    private static async Task RefusedAsync(SystemdWorld world, string errorId, string told)
    {
        var result = await world.UpdateAsync("1.0.0");
        Assert.True(result.Status == UpdateStatus.Refused && result.Error!.ErrorId == errorId, EngineJson.Write(result, indented: true));
        Assert.Contains(told, result.Error.Message);
        Assert.False(Directory.Exists(Path.Combine(world.Service, "releases")));
    }
}
