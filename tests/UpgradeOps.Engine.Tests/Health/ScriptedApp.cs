using System.Runtime.CompilerServices;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Health;
using UpgradeOps.Engine.Health.Http;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Tests.Apps;

namespace UpgradeOps.Engine.Tests.Health;

/// <summary>An application whose instances and answers follow a script by the clock.</summary>
internal sealed class ScriptedApp : IPlatform
{
    public LeapingTime Time { get; } = new();

    /// <summary>What the platform shows after so much time.</summary>
    public Func<TimeSpan, IReadOnlyList<Instance>> Instances { get; set; } = _ => [New];

    /// <summary>What the address answers after so much time.</summary>
    public Func<TimeSpan, HttpAnswer> Answer { get; set; } = _ => Healthy("1.3.0");

    public List<LogLine> Log { get; } = [];

    public int Looks { get; private set; }

    public int Asked { get; private set; }

    public List<(string Url, string? Address)> Addresses { get; } = [];

    public static Instance New { get; } = new()
    {
        Id = "new",
        DisplayName = "kmp-app-2",
        Service = "app",
        State = "running",
        StartedAt = "t1",
        Endpoints = ["172.18.0.5", "127.0.0.1:8080"],
    };

    public static Instance Old { get; } = New with { Id = "old", DisplayName = "kmp-app-1", StartedAt = "t0", State = "exited", ExitCode = 0, Endpoints = [] };

    public static HttpAnswer Healthy(string version) => new() { Status = 200, Body = $$"""{"status":"ok","version":"{{version}}"}""" };

    public static HttpAnswer Lost { get; } = new() { Problem = "the SSH connection brought no answer: Connection to host closed by remote host.", IsLost = true };

    public static HttpAnswer Refused { get; } = new() { Problem = "Connection refused" };

    public HealthProbe Probe(string health = "health: [ { http: 'http://127.0.0.1:8080/health', version: version } ]") =>
        new(Definition(health), this, Time, ask: (url, address, _, _, _) =>
        {
            Asked++;
            Addresses.Add((url.ToString(), address));
            return Task.FromResult(Answer(Time.Elapsed));
        });

    public static AppDefinition Definition(string health) => Definitions.Parse($"{Definitions.Compose}\nhealthTimeout: 60s\nbake: 30s\n{health}");

    /// <summary>Runs the verifying (or watching) step as the runner would.</summary>
    public async Task<StepMemory> RunAsync(HealthProbe probe, string kind = "health.verify", string? version = "v1.3.0", string[]? expected = null, StepMemory? memory = null)
    {
        memory ??= new StepMemory(Time, expected ?? ["new"]);
        var planned = probe.Plan(version).Single(s => s.Kind == kind);
        planned = planned with { Id = $"main/{kind}#1", Inputs = new Dictionary<string, string>(planned.Inputs) { ["startKind"] = "compose.start" } };
        memory.Enter(kind);
        await probe.Create(planned).DoAsync(memory, CancellationToken.None);
        return memory;
    }

    public async Task<AppException> FailsAsync(HealthProbe probe, string kind = "health.verify", string? version = "v1.3.0", StepMemory? memory = null) =>
        await Assert.ThrowsAsync<AppException>(() => RunAsync(probe, kind, version, null, memory));

    public Task<Deployment> InspectAsync(CancellationToken cancellationToken)
    {
        Looks++;
        return Task.FromResult(new Deployment { Name = "kmp", Instances = Instances(Time.Elapsed) });
    }

    public async IAsyncEnumerable<LogLine> LogsAsync(int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var line in Log)
            yield return line;
    }

    public string Prefix => "scripted";

    public IStep Create(PlannedStep planned) => throw new NotSupportedException();

    public Func<IReadOnlyList<Finding>> Findings { get; init; } = () => [];

    public async Task<IReadOnlyList<Finding>> CheckAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return Findings();
    }

    public Task<IReadOnlyList<PlannedStep>> PlanAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, byte[]>> EvidenceAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string folder, string? version, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, byte[]>?>(null);

    public Task<IReadOnlyList<string>> StopWritersAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task StartWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
