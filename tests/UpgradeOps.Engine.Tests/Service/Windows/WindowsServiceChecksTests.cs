using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

namespace UpgradeOps.Engine.Tests.Service.Windows;

public sealed class WindowsServiceChecksTests
{
    [Fact]
    public async Task A_fit_service_is_told_nothing_about()
    {
        await using var rig = await RunningAsync(_ => { });
        Assert.Empty(await rig.CheckAsync());
    }

    [Fact]
    public async Task One_that_is_not_there_is_refused()
    {
        await using var rig = new FakeServiceRig { Name = "Nobody" };
        await rig.InstallAsync("1.0.0", "good");
        var finding = Assert.Single(await rig.CheckAsync());
        Assert.Equal((FindingSeverity.Blocker, ErrorIds.ServiceUnitMissing, "Nobody"), (finding.Severity, finding.ErrorId, finding.Target));
        Assert.Contains("Get-Service", finding.RecommendedAction);
    }

    [Fact]
    public async Task Who_may_not_is_refused_in_words()
    {
        await using var rig = await RunningAsync(s => s.Refusal = 5);
        var finding = Assert.Single(await rig.CheckAsync());
        Assert.Equal((FindingSeverity.Blocker, ErrorIds.ServiceForbidden), (finding.Severity, finding.ErrorId));
        Assert.Contains("(Windows error 5)", finding.Message);
        Assert.Contains("administrator", finding.RecommendedAction);
        await Assert.ThrowsAsync<AppException>(rig.StopAsync);
    }

    [Theory]
    [InlineData("disabled", "is disabled")]
    [InlineData("shared", "has no process of its own")]
    [InlineData("elsewhere", "it would run the same program after an update")]
    [InlineData("beside", "it would run the same program after an update")]
    [InlineData("dependents", "while others run that need it: Mail, Search")]
    [InlineData("unstoppable", "does not let itself be stopped")]
    public async Task An_unfit_one_is_refused(string what, string words)
    {
        await using var rig = await RunningAsync(s => Spoil(s, what));
        var finding = Assert.Single(await rig.CheckAsync());
        Assert.Equal((FindingSeverity.Blocker, ErrorIds.ServiceUnitUnfit), (finding.Severity, finding.ErrorId));
        Assert.Contains(words, finding.Message);
    }

    [Fact]
    public async Task One_that_runs_from_elsewhere_than_current_leads_to_is_refused()
    {
        await using var rig = await RunningAsync(_ => { });
        await rig.InstallAsync("1.1.0", "good");
        Assert.Contains("going back would not lead to what runs", Assert.Single(await rig.CheckAsync()).Message);
    }

    [Fact]
    public async Task A_pause_is_refused()
    {
        await using var rig = new FakeServiceRig { Quiesce = QuiesceMode.Pause };
        await rig.StartAsync(await rig.InstallAsync("1.0.0", "good"));
        Assert.Contains("cannot be paused", Assert.Single(await rig.CheckAsync()).Message);
    }

    [Theory]
    [InlineData("demand", FindingSeverity.Warning, "is started by hand only")]
    [InlineData("restart", FindingSeverity.Information, "again 60 s after it ended")]
    [InlineData("reboot", FindingSeverity.Warning, "restarts the machine when")]
    [InlineData("command", FindingSeverity.Warning, "runs a command when")]
    public async Task What_a_person_should_know_is_told(string what, FindingSeverity severity, string words)
    {
        await using var rig = await RunningAsync(s => Spoil(s, what));
        var finding = Assert.Single(await rig.CheckAsync());
        Assert.Equal(severity, finding.Severity);
        Assert.Contains(words, finding.Message);
    }

    private static void Spoil(FakeServices services, string what)
    {
        var settings = services.Settings;
        services.Settings = what switch
        {
            "disabled" => settings with { Start = ServiceStart.Disabled },
            "demand" => settings with { Start = ServiceStart.Demand },
            "shared" => settings with { IsProgram = false },
            "elsewhere" => settings with { BinaryPath = @"C:\Tools\nssm.exe" },
            "beside" => settings with { BinaryPath = settings.BinaryPath.Replace("/current/", "/current-not/") },
            "restart" => settings with { Recovery = [new RecoveryAction(RecoveryKind.Restart, TimeSpan.FromMinutes(1))] },
            "reboot" => settings with { Recovery = [new RecoveryAction(RecoveryKind.Reboot, TimeSpan.Zero)] },
            "command" => settings with { Recovery = [new RecoveryAction(RecoveryKind.None, TimeSpan.Zero), new RecoveryAction(RecoveryKind.Command, TimeSpan.Zero)] },
            _ => settings,
        };
        services.Dependents = what == "dependents" ? ["Mail", "Search"] : [];
        services.AcceptsStop = what != "unstoppable";
    }

    private static async Task<FakeServiceRig> RunningAsync(Action<FakeServices> change)
    {
        var rig = new FakeServiceRig();
        await rig.StartAsync(await rig.InstallAsync("1.0.0", "good"));
        change(rig.Services);
        return rig;
    }
}
