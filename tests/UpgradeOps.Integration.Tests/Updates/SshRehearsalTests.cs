using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Git;
using UpgradeOps.Integration.GitHub;
using UpgradeOps.Integration.Migrations;
using UpgradeOps.Integration.Systemd;

namespace UpgradeOps.Integration.Updates;

/// <summary>What a rehearsal of a service over SSH has to bear beside what <see cref="RehearsalTests"/> looks at there: lost connections, a host with ports of its own, releases that are made over there.</summary>
public sealed class SshRehearsalTests(SystemdFixture systemd) : IClassFixture<SystemdFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_connection_breaks_where_a_step_begins_and_it_passes()
    {
        Needs.Parts(Part.Postgres, Part.Ssh);
        await using var app = await StartAsync();
        await using var watch = await ServiceWatch.StartAsync(app);
        var cuts = 0;
        var shaken = app.Watched(new Hearing(e =>
        {
            if (e.Kind == ProgressKind.StepStarted || e.Message.StartsWith("On the copy: ", StringComparison.Ordinal))
                cuts += app.Ssh!.CutAsync().GetAwaiter().GetResult();
        }));

        var report = await RunAsync(shaken, app.DefinitionPath, "1.1.0");

        Assert.True(report.Passed, EngineJson.Write(report, indented: true));
        Assert.True(cuts > 5, $"only {cuts} connections were cut");
        await watch.AssertUntouchedAsync();
        await AssertNothingLeftAsync(app);
    }

    [Fact]
    public async Task A_host_that_goes_away_in_the_middle_keeps_the_copy_until_it_is_back_and_that_is_told()
    {
        Needs.Parts(Part.Postgres, Part.Ssh);
        await using var app = await StartAsync();
        await using var watch = await ServiceWatch.StartAsync(app);
        var pid = app.Service("rehearsal/run/app.pid");
        var gone = false;
        var losing = app.Watched(new Hearing(e =>
        {
            if (!gone && e.Message.StartsWith("On the copy: Wait up to", StringComparison.Ordinal))
            {
                gone = true;
                app.Ssh!.GoAwayAsync().GetAwaiter().GetResult();
            }
        }));

        var lost = await Assert.ThrowsAsync<AppException>(() => RunAsync(losing, app.DefinitionPath, "1.1.0"));

        Assert.True(gone && lost.ErrorId == ErrorIds.StateUnreachable, lost.ToString());
        Assert.Contains($"What there is of the copy of chat stays on {app.Ssh!.Address} until the next rehearsal", lost.Message, StringComparison.Ordinal);
        var copy = (await File.ReadAllLinesAsync(pid, Token)).First(l => l.StartsWith("pid=", StringComparison.Ordinal))["pid=".Length..];
        Assert.True(ProcessIdentity.Lives(int.Parse(copy)));
        Assert.False(Directory.Exists(Path.Combine(app.Folder, "state", "chat", "rehearsal")));

        await app.Ssh.StartAgainAsync();
        var report = await RunAsync(app.Watched(NoProgress.Instance, client: "another client"), app.DefinitionPath, "1.1.0");
        Assert.True(report.Passed, EngineJson.Write(report, indented: true));
        Assert.False(ProcessIdentity.Lives(int.Parse(copy)));
        await watch.AssertUntouchedAsync();
        await AssertNothingLeftAsync(app);
    }

    [Fact]
    public async Task A_connection_that_is_lost_for_longer_says_nothing_of_the_version()
    {
        Needs.Parts(Part.Postgres, Part.Ssh);
        await using var app = await StartAsync();
        await using var watch = await ServiceWatch.StartAsync(app);
        var away = Task.CompletedTask;
        var losing = app.Watched(new Hearing(e =>
        {
            // Longer than it is waited for, and back before the copy is to be removed.
            if (away.IsCompleted && e.Message.StartsWith("On the copy: Start ", StringComparison.Ordinal))
            {
                app.Ssh!.GoAwayAsync().GetAwaiter().GetResult();
                away = Task.Run(async () =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(13), Token);
                    await app.Ssh.StartAgainAsync();
                });
            }
        }));

        var lost = await Assert.ThrowsAsync<AppException>(() => RunAsync(losing, app.DefinitionPath, "1.1.0"));

        await away;
        Assert.True(lost.ErrorId is ErrorIds.HostUnreachable or ErrorIds.HostConnectionLost, lost.ToString());
        Assert.StartsWith("The update of the copy did not come to its end: ", lost.Message, StringComparison.Ordinal);
        await watch.AssertUntouchedAsync();
        await AssertNothingLeftAsync(app);
    }

    [Fact]
    public async Task Under_systemd_on_a_machine_with_ports_of_its_own_the_copy_is_a_process_there_and_the_unit_does_not_notice()
    {
        Needs.Parts(Part.Systemd, Part.Ssh);
        await using var world = await SystemdWorld.StartAsync(
            systemd, more: "rehearse: { command: [sh, -c, 'echo $LISTEN >ROOT/port; exec busybox httpd -f -p 127.0.0.1:$LISTEN -h www'], environment: { LISTEN: \"{port}\" } }");
        await world.InstallAsync("1.0.0");
        var unit = await UnitAsync(world);

        var outcome = await world.RunAsync(null, "rehearse", world.Definition, "--version", "1.1.0");

        var report = EngineJson.Read<RehearsalReport>(outcome.Output, ErrorIds.Unexpected, "the console");
        Assert.True(report.Passed, outcome.ToString());
        Assert.Equal(("1.0.0", "1.1.0"), (report.From, report.To));
        Assert.Equal((unit, "1.0.0"), (await UnitAsync(world), await world.RunningAsync()));
        // One of those that the machine over there chooses from, which this one does not.
        var port = int.Parse((await world.Machine.RunAsync("cat", Path.Combine(world.Root, "port"))).Trim());
        Assert.InRange(port, SystemdMachine.FirstPort, SystemdMachine.LastPort);
        Assert.Equal("", await world.Machine.RunAsync("sh", "-c", "busybox wget -q -O - http://127.0.0.1:$0/health 2>/dev/null || true", $"{port}"));
        Assert.Equal("", await world.Machine.RunAsync("sh", "-c", "ls -d \"$0\" 2>/dev/null || true", Path.Combine(world.Service, "rehearsal")));
    }

    [Fact]
    public async Task A_commit_is_built_over_there_for_the_copy_and_nothing_of_it_stays()
    {
        Needs.Parts(Part.Git, Part.Ssh);
        const string Build = ", build: { steps: [ { run: [sh, ./build.sh] } ], copy: [ { from: out, to: www/ } ] }";
        async Task PublishAsync(GitServiceWorld w, string version)
        {
            await w.Workshop.CommitAsync($"Release {version}", (".gitignore", "/out\n"), ("build.sh", $"mkdir out && printf '{{\"version\":\"%s\"}}' \"{version}\" >out/health && pwd >out/where\n"));
            await w.Workshop.TagAsync(version);
        }

        await using var world = await GitServiceWorld.StartAsync(
            w => w.Workshop.Origin, "ssh", Build, w => PublishAsync(w, "v1.0.0"), "rehearse: { command: [/bin/busybox, httpd, -f, -p, \"127.0.0.1:{port}\", -h, www], environment: { LISTEN: \"{port}\" } }");
        await PublishAsync(world, "v1.1.0");
        var before = (world.Process(), string.Join(' ', world.Releases()), Directory.GetLastWriteTimeUtc(Path.Combine(world.Service, "source/tree")));

        var report = await world.AskAsync<RehearsalReport>("rehearse", world.Definition);

        Assert.True(report.Passed, EngineJson.Write(report, indented: true));
        Assert.Contains("service.build", report.Steps.Select(s => s.Kind));
        Assert.Equal(before, (world.Process(), string.Join(' ', world.Releases()), Directory.GetLastWriteTimeUtc(Path.Combine(world.Service, "source/tree"))));
        Assert.Equal("v1.0.0", await world.RunningAsync());
        Assert.False(Directory.Exists(Path.Combine(world.Service, "rehearsal")) || Directory.Exists(Path.Combine(world.StateFolder, "chat/rehearsal")));
    }

    [Fact]
    public async Task An_asset_that_was_on_its_way_when_the_client_was_killed_is_gone_after_the_next()
    {
        Needs.Parts(Part.Ssh);
        await using var world = await GitHubServiceWorld.StartAsync(remote: true);
        await File.AppendAllTextAsync(world.Definition, "\nrehearse: { command: [./run, \"127.0.0.1:{port}\"], environment: { LISTEN: \"{port}\" } }\n", Token);
        world.Publish("v1.1.0", filler: 8_000_000);
        var before = (world.Process(), string.Join(' ', world.Releases()));
        var mine = Path.Combine(world.StateFolder, "notes/rehearsal");
        world.GitHub.Pause = TimeSpan.FromMilliseconds(5);
        var killed = await world.RunAsync(e => e.Message.StartsWith("On the copy: Downloading", StringComparison.Ordinal) && e.BytesDone > 2_000_000, "rehearse", world.Definition);
        Assert.True(killed.KilledAt is not null, killed.ToString());
        Assert.NotEmpty(Directory.GetFiles(mine, "*.asset", SearchOption.AllDirectories));
        world.GitHub.Pause = TimeSpan.Zero;

        var report = await world.AskAsync<RehearsalReport>("rehearse", world.Definition);

        Assert.True(report.Passed, EngineJson.Write(report, indented: true));
        Assert.Contains("service.fetch", report.Steps.Select(s => s.Kind));
        Assert.Equal(before, (world.Process(), string.Join(' ', world.Releases())));
        Assert.Equal("v1.0.0", await world.RunningAsync());
        Assert.Empty(world.Downloads());
        Assert.False(Directory.Exists(Path.Combine(world.Service, "rehearsal")) || Directory.Exists(mine));
    }

    private static async Task<SqlxService> StartAsync()
    {
        var app = await SqlxService.StartAsync(extra: "rehearse: { environment: { LISTEN: \"{port}\", DATABASE: \"{database}\" } }", remote: true);
        await app.SqlAsync("INSERT INTO threads SELECT generate_series(1, 500)");
        app.PublishNext("1.1.0", true, ("041_owners.sql", "CREATE TABLE owners (id INT); INSERT INTO owners VALUES (1), (2), (3);"));
        return app;
    }

    private static Task<RehearsalReport> RunAsync(EngineSession session, string definition, string version) =>
        new RehearseUpdate(session).RunAsync(new UpdateOptions { Name = definition, Version = version }, Token);

    private static async Task AssertNothingLeftAsync(SqlxService app)
    {
        Assert.False(Directory.Exists(app.Service("rehearsal")));
        Assert.False(Directory.Exists(Path.Combine(app.Folder, "state", "chat", "rehearsal")));
        Assert.Equal("chat", await app.Server.SqlAsync("SELECT datname FROM pg_database WHERE datname LIKE 'chat%'"));
    }

    private static async Task<(string, string, string)> UnitAsync(SystemdWorld world) =>
        (await world.ShowAsync("InvocationID"), await world.ShowAsync("MainPID"), await world.ShowAsync("NRestarts"));

    private sealed class Hearing(Action<ProgressEvent> hear) : IProgressSink
    {
        public void Report(ProgressEvent progress) => hear(progress);
    }
}
