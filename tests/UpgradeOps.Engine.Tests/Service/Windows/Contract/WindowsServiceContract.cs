using UpgradeOps.Engine.Platforms.Service.Supervisors;

namespace UpgradeOps.Engine.Tests.Service.Windows.Contract;

/// <summary>What the supervisor <c>windows-service</c> keeps, whether its service manager is a double or a real one.</summary>
public abstract class WindowsServiceContract : IAsyncLifetime
{
    private IWindowsServiceRig? _rig;

    private IWindowsServiceRig Rig => _rig!;

    private protected abstract Task<IWindowsServiceRig> OpenAsync();

    public async ValueTask InitializeAsync() => _rig = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_it_starts_runs_from_its_folder_and_is_known_again_until_it_is_stopped()
    {
        var folder = await Rig.InstallAsync("1.0.0", "good");
        Assert.DoesNotContain(await Rig.CheckAsync(), f => f.Severity == FindingSeverity.Blocker);

        var started = await Rig.StartAsync(folder);
        Assert.Equal((folder, true, null), (started.ReleaseFolder, started.IsAlive, started.ExitCode));
        await RunsAsync();
        Assert.Equal(started.Id, (await Rig.InspectAsync())!.Id);
        Assert.Equal(started.Id, (await Rig.StartAsync(folder)).Id);

        await Rig.StopAsync();
        var stopped = await Rig.InspectAsync();
        Assert.Equal((started.Id, false, "exited", 0), (stopped!.Id, stopped.IsAlive, stopped.State, stopped.ExitCode));
        // Once more, it is another start.
        Assert.NotEqual(started.Id, (await Rig.StartAsync(folder)).Id);
    }

    [Fact]
    public async Task Another_release_is_not_started_beside_it_nor_one_that_current_does_not_lead_to()
    {
        var old = await Rig.InstallAsync("1.0.0", "good");
        await Rig.StartAsync(old);
        var next = await Rig.InstallAsync("1.1.0", "good");

        var beside = await Assert.ThrowsAsync<AppException>(() => Rig.StartAsync(next));
        Assert.Equal(ErrorIds.ServiceStartFailed, beside.ErrorId);
        Assert.Contains("it already runs from", beside.Message);

        await Rig.StopAsync();
        var elsewhere = await Assert.ThrowsAsync<AppException>(() => Rig.StartAsync(old));
        Assert.Equal(ErrorIds.ServiceStartFailed, elsewhere.ErrorId);
        Assert.Contains("1.1.0", elsewhere.Message);
        Assert.False((await Rig.InspectAsync())!.IsAlive);
    }

    [Fact]
    public async Task Who_stopped_and_started_it_by_hand_has_made_another_instance()
    {
        var folder = await Rig.InstallAsync("1.0.0", "good");
        var ours = await Rig.StartAsync(folder);
        await Rig.StopByHandAsync();
        await Rig.StartByHandAsync();

        var theirs = await Rig.InspectAsync();
        Assert.True(theirs!.IsAlive);
        Assert.NotEqual(ours.Id, theirs.Id);
        await Rig.StopAsync();
        Assert.False((await Rig.InspectAsync())!.IsAlive);
    }

    [Theory]
    [InlineData("crash", "cannot be started")]
    [InlineData("ends", "ended at once with exit code 3")]
    public async Task One_that_cannot_run_is_told_with_what_it_wrote(string behaviour, string words)
    {
        var folder = await Rig.InstallAsync("2.0.0", behaviour);
        var error = await Assert.ThrowsAsync<AppException>(() => Rig.StartAsync(folder));
        Assert.Equal(ErrorIds.ServiceStartFailed, error.ErrorId);
        Assert.Contains(words, error.Message);
        Assert.Contains("its last words: 2.0.0 opens its ledger", error.Message);
        Assert.False(await Rig.InspectAsync() is { IsAlive: true });
    }

    [Fact]
    public async Task One_that_dies_is_seen_to_be_dead_and_the_next_one_starts()
    {
        var started = await Rig.StartAsync(await Rig.InstallAsync("2.0.0", "dies"));
        var seen = await RunsAsync(alive: false);
        Assert.Equal((started.Id, "exited"), (seen!.Id, seen.State));

        var next = await Rig.InstallAsync("2.0.1", "good");
        Assert.Equal(next, (await Rig.StartAsync(next)).ReleaseFolder);
    }

    [Fact]
    public async Task One_that_does_not_stop_is_killed()
    {
        await Rig.StartAsync(await Rig.InstallAsync("1.0.0", "stubborn"));
        await RunsAsync();
        await Rig.StopAsync();
        Assert.False((await Rig.InspectAsync())!.IsAlive);
        var next = await Rig.InstallAsync("1.1.0", "good");
        Assert.True((await Rig.StartAsync(next)).IsAlive);
    }

    private async Task<ServiceProcess?> RunsAsync(bool alive = true)
    {
        for (var attempt = 0; ; attempt++)
        {
            var process = await Rig.InspectAsync();
            if (alive ? process is { State: "running" } : process is { IsAlive: false })
                return process;
            Assert.True(attempt < 400, $"It is {process?.State}.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
