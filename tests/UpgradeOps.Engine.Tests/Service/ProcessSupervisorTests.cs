using System.Diagnostics;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Tests.Service;

public sealed class ProcessSupervisorTests : IAsyncDisposable
{
    private readonly ServiceRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task What_it_starts_has_a_session_of_its_own_and_is_known_again_by_another()
    {
        var process = await StartAsync("1.0.0", ServiceRig.Obedient);
        await rig.WaitForAsync(() => LogText().Contains("serving"));

        Assert.Equal(process, await rig.NewSupervisor().InspectAsync(ServiceRig.Token));
        Assert.Equal("serving 1.0.0 hello 'there'\n", LogText());
        Assert.Equal(rig["incoming/1.0.0"], new FileInfo($"/proc/{process.ProcessId}/cwd").LinkTarget);
        Assert.Equal("/dev/null", new FileInfo($"/proc/{process.ProcessId}/fd/0").LinkTarget);
        var session = File.ReadAllText($"/proc/{process.ProcessId}/stat").Split(' ')[5];
        Assert.Equal($"{process.ProcessId}", session);
    }

    [Fact]
    public async Task It_holds_none_of_our_open_files_and_none_of_our_environment()
    {
        Environment.SetEnvironmentVariable("UPGRADEOPS_TEST_FOREIGN", "seen");
        using var open = File.Create(rig["open"]);

        var process = await StartAsync("1.0.0", ServiceRig.Obedient);

        var held = new DirectoryInfo($"/proc/{process.ProcessId}/fd").GetFiles().Select(f => f.LinkTarget).ToList();
        Assert.DoesNotContain(rig["open"], held);
        Assert.DoesNotContain(held, h => h!.StartsWith("pipe:", StringComparison.Ordinal));
        Assert.DoesNotContain("UPGRADEOPS_TEST_FOREIGN", File.ReadAllText($"/proc/{process.ProcessId}/environ"));
    }

    [Fact]
    public async Task Starting_twice_starts_once()
    {
        var first = await StartAsync("1.0.0", ServiceRig.Obedient);
        var again = await rig.NewSupervisor().StartAsync(rig["incoming/1.0.0"], ServiceRig.Token);
        await rig.PublishAsync("1.1.0");
        var other = await Assert.ThrowsAsync<AppException>(() => rig.NewSupervisor().StartAsync(rig["incoming/1.1.0"], ServiceRig.Token));

        Assert.Equal(first, again);
        Assert.Equal(ErrorIds.ServiceStartFailed, other.ErrorId);
        Assert.Contains($"process {first.ProcessId} already runs", other.Message);
    }

    [Fact]
    public async Task Of_launches_at_the_same_time_one_wins()
    {
        await rig.PublishAsync("1.0.0");
        Directory.CreateDirectory(rig.Paths.Run);
        Directory.CreateDirectory(rig.Paths.Logs);
        var launch = UpgradeOps.Engine.Platforms.Service.Supervisors.ProcessScripts.Launch(rig.Paths.PidFile, rig.Paths.Log, rig["incoming/1.0.0"], ["sh", "run"]);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.Host.RunAsync(launch, ServiceRig.Token)));
        await rig.WaitForAsync(() => File.Exists(rig.Paths.Log) && File.ReadAllText(rig.Paths.Log).Contains("serving"));
        await rig.WaitForAsync(() => Directory.GetFiles(rig.Paths.Run).Length == 1);
        await Task.Delay(200, ServiceRig.Token);

        Assert.Single(LogText().Split('\n'), l => l.StartsWith("serving", StringComparison.Ordinal));
        Assert.NotNull(await rig.AliveAsync());
    }

    [Fact]
    public async Task One_that_ends_at_once_is_told_within_a_second_with_its_last_words()
    {
        await rig.PublishAsync("1.0.0", ServiceRig.DeadOnArrival);
        var watch = Stopwatch.StartNew();

        var error = await Assert.ThrowsAsync<AppException>(() => rig.Supervisor.StartAsync(rig["incoming/1.0.0"], ServiceRig.Token));

        Assert.Equal(ErrorIds.ServiceStartFailed, error.ErrorId);
        Assert.Contains("ended at once", error.Message);
        Assert.Contains("cannot find the moon", error.Message);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed}.");
        Assert.Equal("exited", Assert.Single((await rig.Platform.InspectAsync(ServiceRig.Token)).Instances).State);
    }

    [Fact]
    public async Task One_that_does_not_listen_is_killed_with_its_children()
    {
        var process = await StartAsync("1.0.0", ServiceRig.Stubborn);
        var child = int.Parse(File.ReadAllText(rig["incoming/1.0.0/child"]));

        await rig.Supervisor.StopAsync(process, ServiceRig.Token);

        Assert.Null(await rig.AliveAsync());
        await rig.WaitForAsync(() => !ServiceRig.IsAlive(child));
    }

    [Fact]
    public async Task One_that_listens_ends_by_itself_and_what_it_leaves_behind_is_killed()
    {
        var process = await StartAsync("1.0.0", "sleep 600 &\necho $! >child\n" + ServiceRig.Obedient);
        var child = int.Parse(File.ReadAllText(rig["incoming/1.0.0/child"]));

        await rig.Supervisor.StopAsync(process, ServiceRig.Token);

        Assert.Contains("bye", LogText());
        await rig.WaitForAsync(() => !ServiceRig.IsAlive(child));
    }

    [Fact]
    public async Task A_process_that_got_the_number_of_the_dead_one_is_never_touched()
    {
        var process = await StartAsync("1.0.0", ServiceRig.Obedient);
        await rig.Supervisor.StopAsync(process, ServiceRig.Token);
        using var stranger = Process.Start(new ProcessStartInfo("setsid", ["sleep", "600"]))!;
        try
        {
            var recycled = process with { ProcessId = stranger.Id };
            File.WriteAllText(rig.Paths.PidFile, $"pid={stranger.Id}\nstart={process.StartTime}\nboot={process.Boot}\nrelease={process.ReleaseFolder}\n");

            var seen = await rig.NewSupervisor().InspectAsync(ServiceRig.Token);
            await rig.NewSupervisor().StopAsync(recycled, ServiceRig.Token);
            var next = await rig.NewSupervisor().StartAsync(process.ReleaseFolder, ServiceRig.Token);

            Assert.False(seen!.IsAlive);
            Assert.NotEqual(stranger.Id, next.ProcessId);
            Assert.False(stranger.HasExited);
        }
        finally
        {
            stranger.Kill();
            await stranger.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_pid_file_from_before_the_machine_started_means_nothing()
    {
        var process = await StartAsync("1.0.0", ServiceRig.Obedient);
        var text = await File.ReadAllTextAsync(rig.Paths.PidFile, ServiceRig.Token);

        await File.WriteAllTextAsync(rig.Paths.PidFile, text.Replace(process.Boot, Guid.NewGuid().ToString()), ServiceRig.Token);
        var seen = await rig.NewSupervisor().InspectAsync(ServiceRig.Token);
        await File.WriteAllTextAsync(rig.Paths.PidFile, text, ServiceRig.Token);

        Assert.False(seen!.IsAlive);
        Assert.NotNull(await rig.AliveAsync());
    }

    [Fact]
    public async Task Each_start_has_its_own_log_of_which_six_are_kept()
    {
        for (var i = 0; i < 8; i++)
        {
            var process = await StartAsync("1.0.0", $"echo start {i}\n" + ServiceRig.Obedient);
            await rig.WaitForAsync(() => LogText().Contains("serving"));
            await rig.Supervisor.StopAsync(process, ServiceRig.Token);
        }

        Assert.StartsWith("start 7\n", LogText());
        Assert.StartsWith("start 2\n", File.ReadAllText(rig.Paths.Log + ".5"));
        Assert.Equal(6, Directory.GetFiles(rig.Paths.Logs).Length);
        Assert.Equal(HostModes.PrivateFile, (int)File.GetUnixFileMode(rig.Paths.Log));
    }

    // A shell that does nothing but start other programs is most of the time waiting for one to become itself, when it cannot be stopped.
    [Fact]
    public async Task One_that_always_starts_others_stands_still_with_them_and_goes_on()
    {
        const string starts = "trap 'exit 0' TERM\nwhile :; do for i in 1 2 3 4 5; do /bin/true; done; echo . >> ../../counted; done\n";
        var process = await StartAsync("1.0.0", starts);
        var counted = Path.GetFullPath(Path.Combine(rig["incoming/1.0.0"], "../../counted"));
        for (var i = 0; i < 25; i++)
        {
            await rig.Supervisor.PauseAsync(process, ServiceRig.Token);
            var before = File.Exists(counted) ? new FileInfo(counted).Length : 0;
            await Task.Delay(30, ServiceRig.Token);
            Assert.Equal(before, File.Exists(counted) ? new FileInfo(counted).Length : 0);
            await rig.Supervisor.UnpauseAsync(process, ServiceRig.Token);
            await rig.WaitForAsync(() => File.Exists(counted) && new FileInfo(counted).Length > before);
        }
    }

    private async Task<Engine.Platforms.Service.Supervisors.ServiceProcess> StartAsync(string version, string script)
    {
        await rig.PublishAsync(version, script);
        var process = await rig.Supervisor.StartAsync(rig[$"incoming/{version}"], ServiceRig.Token);
        Assert.True(process.IsAlive);
        return process;
    }

    private string LogText() => File.Exists(rig.Paths.Log) ? File.ReadAllText(rig.Paths.Log) : "";
}
