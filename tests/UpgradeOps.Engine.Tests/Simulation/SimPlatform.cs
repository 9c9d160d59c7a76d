using System.Runtime.CompilerServices;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Jobs;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Tests.Simulation;

/// <summary>The platform of the simulated world: the same steps as Compose's, in memory.</summary>
internal sealed class SimPlatform(SimWorld world) : IPlatform
{
    public string Prefix => "sim";

    public Task<Deployment> InspectAsync(CancellationToken cancellationToken) => Task.FromResult(new Deployment
    {
        Name = "sim",
        Version = world.Containers.Values.FirstOrDefault(c => c.Running)?.Version ?? world.Configured,
        Tag = world.Configured,
        Digest = $"sha256:{world.Containers.Values.FirstOrDefault(c => c.Running)?.Version ?? world.Configured}",
        Artifact = world.Containers.Values.FirstOrDefault(c => c.Running)?.Version ?? world.Configured,
        Instances = world.Containers.Select(c => new Instance
        {
            Id = c.Key,
            DisplayName = c.Key,
            State = c.Value.Running ? "running" : "exited",
            Artifact = c.Value.Version,
        }).ToList(),
    });

    public Task<IReadOnlyList<Finding>> CheckAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Finding>>([]);

    public Task<IReadOnlyList<PlannedStep>> PlanAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken)
    {
        var old = current.Instances.Select(i => i.Id).ToList();
        var inputs = new Dictionary<string, string>
        {
            ["old"] = EngineJson.Write(old),
            ["from"] = current.Tag!,
            ["to"] = target.Release.Version,
        };
        PlannedStep Make(string kind, StepPhase phase, Reversibility way) => new()
        {
            Id = "",
            Kind = $"sim.{kind}",
            Phase = phase,
            Description = kind,
            Reversibility = way,
            Repeatable = Repeatability.Observable,
            CausesOutage = kind is "stop" or "start",
            StopsOld = kind == "stop",
            StartsNew = kind == "start",
            Inputs = inputs,
        };

        IReadOnlyList<PlannedStep> steps =
        [
            Make("pull", StepPhase.Stage, Reversibility.Additive),
            Make("env", StepPhase.Switch, Reversibility.Reversible),
            Make("create", StepPhase.Switch, Reversibility.Reversible),
            Make("stop", StepPhase.Switch, Reversibility.Reversible),
            Make("start", StepPhase.Switch, Reversibility.Reversible),
            Make("keep", StepPhase.Keep, Reversibility.Irreversible),
        ];
        return Task.FromResult(steps);
    }

    public IStep Create(PlannedStep planned) => planned.Kind switch
    {
        "sim.pull" => new SimPull(planned, world),
        "sim.env" => new SimEnv(planned, world),
        "sim.create" => new SimCreate(planned, world),
        "sim.stop" => new SimStop(planned, world),
        "sim.start" => new SimStart(planned, world),
        "sim.keep" => new SimKeep(planned, world),
        _ => throw new AppException(ErrorIds.PlanDamaged, planned.Kind),
    };

    public async IAsyncEnumerable<LogLine> LogsAsync(int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task<IReadOnlyDictionary<string, byte[]>> EvidenceAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, byte[]>>(new Dictionary<string, byte[]> { ["log.txt"] = "it was sick"u8.ToArray() });

    public Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string folder, string? version, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, byte[]>?>(null);

    public Task<IReadOnlyDictionary<string, string>> PlanJobAsync(string? service, PlatformTarget? target, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string> { ["to"] = target?.Release.Version ?? world.Configured });

    public IJob OpenJob(string name, IReadOnlyDictionary<string, string> inputs) => new SimJob(world, name, inputs["to"]);

    public Task<IReadOnlyList<string>> StopWritersAsync(CancellationToken cancellationToken)
    {
        var running = world.Containers.Where(c => c.Value.Running).Select(c => c.Key).ToList();
        foreach (var id in running)
        {
            world.Effect($"stop {id}", () => world.Containers[id].Running = false);
        }

        return Task.FromResult<IReadOnlyList<string>>(running);
    }

    public Task StartWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken)
    {
        foreach (var id in instanceIds.Where(i => !world.Containers[i].Running))
        {
            world.Effect($"start {id}", () => world.Start(id));
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
