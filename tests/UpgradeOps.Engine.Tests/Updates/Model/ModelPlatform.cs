using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Tests.Updates.Model;

/// <summary>The platform of random plans: only its steps matter.</summary>
internal sealed class ModelPlatform(ModelWorld world) : IPlatform
{
    public string Prefix => "model";

    public IStep Create(PlannedStep planned) => new ModelStep(planned, world);

    public Task<Deployment> InspectAsync(CancellationToken cancellationToken) => Task.FromResult(new Deployment { Name = "model", Version = "1.0.0" });

    public Task<IReadOnlyList<Finding>> CheckAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<PlannedStep>> PlanAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<LogLine> LogsAsync(int tail, bool follow, CancellationToken cancellationToken) => AsyncEnumerable.Empty<LogLine>();

    public Task<IReadOnlyDictionary<string, byte[]>> EvidenceAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, byte[]>>(new Dictionary<string, byte[]> { ["log.txt"] = "why"u8.ToArray() });

    public Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string folder, string? version, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, byte[]>?>(null);

    public Task<IReadOnlyList<string>> StopWritersAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task StartWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
