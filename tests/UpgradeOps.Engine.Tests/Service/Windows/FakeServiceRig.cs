using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Platforms.Service;
using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;
using UpgradeOps.Engine.Tests.Hosts;
using UpgradeOps.Engine.Tests.Service.Windows.Contract;

namespace UpgradeOps.Engine.Tests.Service.Windows;

/// <summary>A service of <see cref="FakeServices"/> with real release folders and a real link.</summary>
internal sealed class FakeServiceRig : IWindowsServiceRig
{
    private readonly TempFolder _folder = new();
    private readonly LocalHost _host = new();

    public FakeServiceRig()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The double stands where there are no services.");
        Directory.CreateDirectory(_folder["srv"]);
        Services = new FakeServices("Notes", _folder["srv"]);
    }

    public FakeServices Services { get; }

    public ServicePaths Paths => new(_folder["srv"]);

    public QuiesceMode Quiesce { get; init; } = QuiesceMode.Stop;

    public string Name { get; init; } = "Notes";

    public ISupervisor Supervisor
    {
        get
        {
            var service = new ServiceDefinition { Directory = _folder["srv"], Supervisor = ServiceDefinition.WindowsService, Name = Name, StopTimeout = TimeSpan.FromMilliseconds(300) };
            var definition = new AppDefinition
            {
                Name = "notes",
                Path = _folder["notes.yaml"],
                Platform = new PlatformDefinition { Service = service },
                Releases = new ReleasesDefinition { Folder = _folder["in"] },
                Quiesce = Quiesce,
            };
            return new WindowsServiceSupervisor(definition, service, _host, Services, TimeProvider.System);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<string> InstallAsync(string version, string behaviour)
    {
        _folder.Write($"srv/releases/{version}/release.txt", $"{version} {behaviour}");
        await new ReleaseFolders(Paths, _host.Files).PointAsync(Paths.Release(version), Token);
        return Paths.Release(version);
    }

    public Task<ServiceProcess?> InspectAsync() => Supervisor.InspectAsync(Token);

    public Task<ServiceProcess> StartAsync(string folder) => Supervisor.StartAsync(folder, Token);

    public async Task StopAsync() => await Supervisor.StopAsync((await InspectAsync())!, Token);

    public Task<IReadOnlyList<Finding>> CheckAsync() => Supervisor.CheckAsync(Token);

    public Task StopByHandAsync()
    {
        Services.Stop("Notes");
        return Task.CompletedTask;
    }

    public Task StartByHandAsync()
    {
        Services.Start("Notes");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
