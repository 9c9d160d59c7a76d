using UpgradeOps.Engine.Platforms.Service;
using UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

namespace UpgradeOps.Engine.Tests.Service.Systemd;

/// <summary>What systemctl prints, recorded from systemd 252.</summary>
public sealed class UnitStateTests
{
    private static readonly ServicePaths Paths = new("/srv/chatalot");

    [Fact]
    public void A_unit_that_runs()
    {
        var unit = UnitState.Parse(Show("active", "running", main: 58, invocation: "bde3555c22744f748304c333f98e9b67"));

        Assert.Equal(("running", true, 58, 0, null), (unit.State, unit.IsUp, unit.MainProcess, unit.Restarts, unit.ExitCode));
        Assert.Equal("bde3555c22744f748304c333f98e9b67", unit.Invocation);
        var program = Assert.Single(unit.Programs);
        Assert.Equal(("/srv/chatalot/current/bin/server", "/srv/chatalot/current/bin/server --listen 127.0.0.1:8080"), (program.Path, program.Arguments));
        Assert.Equal(TimeSpan.FromSeconds(90), unit.Time("TimeoutStopUSec"));
    }

    [Theory]
    [InlineData("activating", "auto-restart", "restarting", true)]
    [InlineData("activating", "start-pre", "starting", true)]
    [InlineData("deactivating", "stop-sigterm", "stopping", true)]
    [InlineData("active", "exited", "exited", true)]
    [InlineData("reloading", "reload", "running", true)]
    [InlineData("failed", "failed", "exited", false)]
    [InlineData("inactive", "dead", "exited", false)]
    public void States_have_one_word(string active, string sub, string state, bool isUp)
    {
        var unit = UnitState.Parse(Show(active, sub));
        Assert.Equal((state, isUp), (unit.State, unit.IsUp));
    }

    [Theory]
    [InlineData("1", "3", 3)]
    [InlineData("2", "9", 137)]
    [InlineData("3", "11", 139)]
    [InlineData("0", "0", null)]
    public void An_end_is_told_as_a_shell_does(string code, string status, int? expected) =>
        Assert.Equal(expected, UnitState.Parse($"ExecMainCode={code}\nExecMainStatus={status}\n").ExitCode);

    [Fact]
    public void A_frozen_unit_is_paused() => Assert.Equal("paused", UnitState.Parse("ActiveState=active\nSubState=running\nFreezerState=frozen\n").State);

    [Theory]
    [InlineData("1min 30s", 90)]
    [InlineData("200ms", 0.2)]
    [InlineData("1h 2min 3s", 3723)]
    [InlineData("1.5s", 1.5)]
    [InlineData("2d", 172_800)]
    [InlineData("0", 0)]
    public void Durations(string text, double seconds) => Assert.Equal(seconds, UnitTime.Parse(text)!.Value.TotalSeconds, 0.0001);

    [Theory]
    [InlineData("infinity")]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("5 apples")]
    public void What_is_no_duration_is_none(string text) => Assert.Null(UnitTime.Parse(text));

    [Theory]
    [InlineData("UpgradeOps.Cwd=/srv/chatalot/releases/1.1.0\nUpgradeOps.Exe=/usr/bin/python3.11\n", "/srv/chatalot/releases/1.1.0")]
    [InlineData("UpgradeOps.Cwd=/\nUpgradeOps.Exe=/srv/chatalot/releases/1.0.0/bin/server (deleted)\n", "/srv/chatalot/releases/1.0.0")]
    [InlineData("UpgradeOps.Cwd=/srv/chatalot/releases/\nUpgradeOps.Exe=\n", "")]
    public void The_release_folder_is_where_the_process_says(string seen, string folder) =>
        Assert.Equal(folder, UnitLook.Parse(Show("active", "running", main: 58, invocation: "a") + seen, Paths).Folder());

    /// <summary>A process of another user does not let us see where it runs from.</summary>
    [Theory]
    [InlineData("900", "/srv/chatalot/releases/1.1.0")] // The link is older than the process.
    [InlineData("989", "")] // Changed in about the same second, or later: nobody knows.
    [InlineData("995", "")]
    public void Else_the_link_tells_unless_it_was_changed_since(string linkTime, string folder)
    {
        var text = Show("active", "running", main: 58, invocation: "a") // Started at second 490 of 500 since the machine's start, which is 990 of 1000.
            + $"UpgradeOps.Link=releases/1.1.0\nUpgradeOps.LinkTime={linkTime}\nUpgradeOps.Now=1000\nUpgradeOps.Uptime=500.00\n";
        Assert.Equal(folder, UnitLook.Parse(text, Paths).Folder());
    }

    [Theory]
    [InlineData("a", 0, "a", "/old")] // Our own start.
    [InlineData("b", 2, "a", "/new")] // Restarted by systemd: what the link leads to, whatever we started.
    [InlineData("b", 0, "b", "")] // Somebody else's.
    public void Restarts_by_systemd_belong_to_the_start_that_was_ours(string invocation, int restarts, string id, string folder)
    {
        const string record = """UpgradeOps.Record={"format":1,"invocation":"a","before":"z","folder":"/old","since":1}""";
        var unit = Show("active", "running", main: 58, invocation, restarts);
        Assert.Equal(id, UnitLook.Parse($"{unit}{record}\n", Paths).Id);
        var linked = UnitLook.Parse($"{unit}{record}\nUpgradeOps.Link=/new\nUpgradeOps.LinkTime={(restarts > 0 ? 900 : 995)}\nUpgradeOps.Now=1000\nUpgradeOps.Uptime=500\n", Paths);
        Assert.Equal(folder, linked.Folder());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"format":1}""")]
    public void A_record_that_is_none_is_as_if_there_were_none(string record) =>
        Assert.Null(UnitLook.Parse(Show("active", "running", main: 58, invocation: "a") + $"UpgradeOps.Record={record}\n", Paths).Start);

    [Theory]
    [InlineData("Failed to start x.service: Interactive authentication required.", ErrorIds.ServiceForbidden)]
    [InlineData("Failed to stop x.service: Access denied", ErrorIds.ServiceForbidden)]
    [InlineData("Failed to start x.service: Unit x.service not found.", ErrorIds.ServiceUnitMissing)]
    [InlineData("Failed to start x.service: Unit x.service is masked.", ErrorIds.ServiceUnitUnfit)]
    [InlineData("System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down", ErrorIds.ServiceManagerUnreachable)]
    [InlineData("Failed to connect to bus: $DBUS_SESSION_BUS_ADDRESS and $XDG_RUNTIME_DIR not defined", ErrorIds.ServiceManagerUnreachable)]
    [InlineData("Failed to connect to bus: Permission denied", ErrorIds.ServiceForbidden)]
    [InlineData("Job for x.service failed.", ErrorIds.ServiceStartFailed)]
    public void Refusals_have_their_own_errors(string said, string errorId) => Assert.Equal(errorId, UnitFault.Id(said, ErrorIds.ServiceStartFailed));

    private static string Show(string active, string sub, int main = 0, string invocation = "", int restarts = 0) => $$"""
        Type=simple
        Restart=always
        RestartUSec=200ms
        TimeoutStopUSec=1min 30s
        WatchdogUSec=0
        RemainAfterExit=no
        MainPID={{main}}
        Result=success
        NRestarts={{restarts}}
        ExecMainStartTimestampMonotonic=490000000
        ExecMainCode=0
        ExecMainStatus=0
        ExecStart={ path=/srv/chatalot/current/bin/server ; argv[]=/srv/chatalot/current/bin/server --listen 127.0.0.1:8080 ; ignore_errors=no ; start_time=[Sat 2026-11-21 23:09:26 UTC] ; stop_time=[n/a] ; pid=58 ; code=(null) ; status=0/0 }
        WorkingDirectory=/srv/chatalot/current
        Id=chatalot.service
        LoadState=loaded
        ActiveState={{active}}
        FreezerState=running
        SubState={{sub}}
        InvocationID={{invocation}}

        """;
}
