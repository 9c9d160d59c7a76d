using System.Diagnostics;
using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Tests.Service.Windows.Contract;

namespace UpgradeOps.Integration.Windows;

/// <summary>The supervisor as a program of Windows, told line by line, with Wine's service manager.</summary>
internal sealed class WineServiceRig : IWindowsServiceRig
{
    private readonly WineService _service;
    private readonly Process _process;

    private WineServiceRig(WineService service, Process process) => (_service, _process) = (service, process);

    public static async Task<WineServiceRig> StartAsync(WineFixture fixture)
    {
        var service = await WineService.CreateAsync(fixture);
        var info = new ProcessStartInfo("wine", [fixture.Host, "supervise", service.Of("notes.yaml")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in fixture.Machine.Environment)
            info.Environment[name] = value;
        return new WineServiceRig(service, Process.Start(info)!);
    }

    public Task<string> InstallAsync(string version, string behaviour)
    {
        _service.Publish(version, behaviour, below: "releases");
        _service.Point(version);
        return Task.FromResult(_service.Of($"releases/{version}"));
    }

    public async Task<ServiceProcess?> InspectAsync() => Known(await AskAsync("inspect")) is { Output: not "{}" } answer ? answer.Result<ServiceProcess>() : null;

    public async Task<ServiceProcess> StartAsync(string folder) => Known(await AskAsync($"start {folder}")).Result<ServiceProcess>();

    public async Task StopAsync() => Known(await AskAsync("stop"));

    public async Task<IReadOnlyList<Finding>> CheckAsync() => Known(await AskAsync("check")).Result<List<Finding>>();

    public Task StopByHandAsync() => _service.NetAsync("stop");

    public Task StartByHandAsync() => _service.NetAsync("start");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _service.DisposeAsync();
    }

    private static WineOutcome Known(WineOutcome answer) => answer.Error is { } error ? throw new AppException(error) : answer;

    private async Task<WineOutcome> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return new WineOutcome((await _process.StandardOutput.ReadLineAsync(patience.Token))?.Trim() ?? "it has ended", "");
    }
}
