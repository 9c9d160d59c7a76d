using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Tests.Service.Windows.Contract;

namespace UpgradeOps.Engine.Tests.Service.Windows;

/// <summary>The contract against the double, and what only a double does on demand.</summary>
public sealed class FakeServiceTests : WindowsServiceContract
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected override Task<IWindowsServiceRig> OpenAsync() => Task.FromResult<IWindowsServiceRig>(new FakeServiceRig());

    [Fact]
    public async Task Killed_after_the_start_and_before_it_was_written_down_finds_its_start_again()
    {
        await using var rig = new FakeServiceRig();
        var folder = await rig.InstallAsync("1.0.0", "good");
        rig.Services.Start("Notes");

        var found = await rig.StartAsync(folder);
        Assert.Equal((1, folder), (rig.Services.Starts, found.ReleaseFolder));
        Assert.Contains(found.Id, await File.ReadAllTextAsync(rig.Paths.StartRecord, Token));
    }

    /// <summary>Where its program cannot be seen, our record tells the folder; and after somebody else's start the link, unless it was changed since.</summary>
    [Fact]
    public async Task Where_it_runs_from_is_known_without_its_program_too()
    {
        await using var rig = new FakeServiceRig();
        rig.Services.HidesPath = true;
        var folder = await rig.InstallAsync("1.0.0", "good");
        await rig.StartAsync(folder);
        await rig.InstallAsync("1.1.0", "good");
        Assert.Equal(folder, (await rig.InspectAsync())!.ReleaseFolder);

        rig.Services.Restart();
        Assert.Equal("", (await rig.InspectAsync())!.ReleaseFolder);
    }

    /// <summary>Windows' recovery actions may bring the old release up in the middle of an update.</summary>
    [Fact]
    public async Task What_came_up_by_itself_from_elsewhere_is_replaced()
    {
        await using var rig = new FakeServiceRig();
        await rig.StartAsync(await rig.InstallAsync("1.0.0", "good"));
        rig.Services.Restart();
        var next = await rig.InstallAsync("1.1.0", "good");

        var replaced = await rig.Supervisor.ReplaceAsync(next, Token);
        Assert.Equal(next, replaced.ReleaseFolder);
    }

    [Fact]
    public async Task Only_what_it_wrote_since_its_start_is_its_log()
    {
        await using var rig = new FakeServiceRig();
        await rig.StartAsync(await rig.InstallAsync("1.0.0", "good"));
        await rig.StopAsync();
        await rig.StartAsync(await rig.InstallAsync("1.1.0", "good"));

        var lines = await rig.Supervisor.LinesAsync(10, follow: false, Token).ToListAsync(Token);
        Assert.Equal("1.1.0 opens its ledger", Assert.Single(lines).Text);
        Assert.Equal("1.0.0 opens its ledger\n", await File.ReadAllTextAsync($"{rig.Paths.Log}.1", Token));
    }

    [Fact]
    public async Task It_is_never_paused()
    {
        await using var rig = new FakeServiceRig();
        var process = await rig.StartAsync(await rig.InstallAsync("1.0.0", "good"));
        var error = await Assert.ThrowsAsync<AppException>(() => rig.Supervisor.PauseAsync(process, Token));
        Assert.Equal(ErrorIds.ServiceUnitUnfit, error.ErrorId);
    }
}
