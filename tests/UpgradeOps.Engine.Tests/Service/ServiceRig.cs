using System.Diagnostics;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Service;
using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Engine.Tests.Service;

/// <summary>A service in a temporary folder whose application is a shell script; real processes, nothing left running.</summary>
internal sealed class ServiceRig : IAsyncDisposable
{
    /// <summary>Serves until it is asked to end.</summary>
    public const string Obedient = "trap 'echo bye; exit 0' TERM\necho \"serving $UPGRADEOPS_RELEASE $GREETING\"\nwhile :; do sleep 0.02; done\n";

    /// <summary>Does not end when it is asked to, and has a child.</summary>
    public const string Stubborn = "trap '' TERM\nsleep 600 &\necho $! >child\nwhile :; do sleep 0.02; done\n";

    public const string DeadOnArrival = "echo 'cannot find the moon' >&2\nexit 7\n";

    private readonly TempFolder folder = new();

    public ServiceRig()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The supervisor 'process' needs Linux.");
        Directory.CreateDirectory(folder["srv"]);
        Definition = new AppDefinition
        {
            Name = "notes",
            Path = folder["notes.yaml"],
            Platform = new PlatformDefinition
            {
                Service = new ServiceDefinition
                {
                    Directory = folder["srv"],
                    Command = ["sh", "run"],
                    Environment = new Dictionary<string, string> { ["GREETING"] = "hello 'there'" },
                    StopTimeout = TimeSpan.FromMilliseconds(300),
                },
            },
            Releases = new ReleasesDefinition { Folder = folder["incoming"] },
        };
        Platform = new ServicePlatform(Definition, Host, TimeProvider.System);
        Supervisor = NewSupervisor();
    }

    public AppDefinition Definition { get; }

    public LocalHost Host { get; } = new();

    public ServicePlatform Platform { get; }

    public ISupervisor Supervisor { get; }

    public OperationMemory Memory { get; set; } = new();

    public ServicePaths Paths => new(folder["srv"]);

    public string this[string name] => folder[name];

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Another one that knows nothing of the first, as another process of ours would have.</summary>
    public ISupervisor NewSupervisor() => SupervisorList.Open(Definition, Definition.Platform.Service!, Host, TimeProvider.System);

    public async Task<PlatformTarget> PublishAsync(string version, string script = Obedient)
    {
        folder.Write($"incoming/{version}/run", script);
        folder.Write($"incoming/{version}/lib/data", version);
        var content = await FolderDigest.ComputeAsync(Host.Files, folder[$"incoming/{version}"], Token);
        var release = new Release { Name = "notes", Version = version, Tag = version, Source = folder["incoming"], Digest = content.Digest, SizeBytes = content.SizeBytes };
        return new PlatformTarget { Release = release };
    }

    /// <summary>Runs every step of the way to a target.</summary>
    public async Task<IReadOnlyList<PlannedStep>> InstallAsync(PlatformTarget target)
    {
        Memory = new OperationMemory();
        var steps = await PlanAsync(target);
        foreach (var step in steps)
            await Platform.Create(step).DoAsync(Memory.For(step), Token);
        return steps;
    }

    public async Task<IReadOnlyList<PlannedStep>> PlanAsync(PlatformTarget target) =>
        await Platform.PlanAsync(await Platform.InspectAsync(Token), target, Token);

    public async Task UndoAsync(IEnumerable<PlannedStep> steps)
    {
        foreach (var step in steps.Reverse())
            await Platform.Create(step).UndoAsync(Memory.For(step), Token);
    }

    public async Task<ServiceProcess?> AliveAsync() =>
        await NewSupervisor().InspectAsync(Token) is { IsAlive: true } process ? process : null;

    public async Task WaitForAsync(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "It did not come about within 30 s.");
            await Task.Delay(10, Token);
        }
    }

    public static bool IsAlive(int processId)
    {
        try
        {
            return ProcessStat.Parse(File.ReadAllBytes($"/proc/{processId}/stat")) is { IsAlive: true };
        }
        catch (IOException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (await NewSupervisor().InspectAsync(CancellationToken.None) is { IsAlive: true } process)
            await Supervisor.StopAsync(process, CancellationToken.None);
        folder.Dispose();
    }
}
