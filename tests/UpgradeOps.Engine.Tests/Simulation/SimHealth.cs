using UpgradeOps.Engine.Health;
using UpgradeOps.Engine.Migrations;
using UpgradeOps.Engine.Releases;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Tests.Simulation;

/// <summary>Health of the simulated world: sick versions fail, and the answer must come from what runs.</summary>
internal sealed class SimHealth(SimWorld world) : IHealthProbe
{
    public string Prefix => "health";

    public bool Declared => true;

    public Task<HealthReport> CheckAsync(IReadOnlyList<string>? expectedInstances, string? expectedVersion, CancellationToken cancellationToken)
    {
        if (world.Away)
            throw new AppException(ErrorIds.HostUnreachable, "ssh://sim cannot be reached.", "ssh://sim");
        var version = world.Containers.Values.FirstOrDefault(c => c.Running)?.Version;
        var healthy = version is not null && !world.Sick.Contains(version) && (expectedVersion is null || expectedVersion == version);
        return Task.FromResult(new HealthReport
        {
            Name = "sim",
            Healthy = healthy,
            RunningVersion = version,
            At = DateTimeOffset.UnixEpoch,
            Reason = healthy ? null : $"{version ?? "nothing"} is not well",
        });
    }

    public IReadOnlyList<PlannedStep> Plan(string? expectedVersion) =>
    [
        new()
        {
            Id = "",
            Kind = "health.verify",
            Phase = StepPhase.Verify,
            Description = "verify",
            Interruptible = true,
            Inputs = expectedVersion is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["version"] = expectedVersion },
        },
    ];

    public IStep Create(PlannedStep planned) => new Verify(planned, this);

    private sealed class Verify(PlannedStep planned, SimHealth health) : Step(planned)
    {
        public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
        {
            var report = await health.CheckAsync(null, OptionalInput("version"), cancellationToken);
            if (!report.Healthy)
            {
                throw new AppException(ErrorIds.NotHealthy, report.Reason!, "sim");
            }
        }
    }
}

internal sealed class SimSchema(SimWorld world) : ISchemaProbe
{
    public Task<SchemaState?> ReadAsync(CancellationToken cancellationToken)
    {
        var seen = world.Databases.TryGetValue("live", out var live) ? new SchemaState { Database = "live", Fingerprint = $"schema-{live.Schema}" } : null;
        foreach (var version in world.Death.Dead ? [] : world.Commands.Values.ToList())
        {
            world.Migrate(version, world.Databases["live"]);
        }

        return Task.FromResult(seen);
    }
}

internal sealed class SimReleases : IReleaseSource
{
    public Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Release>>([]);

    public Task<Release> PeekAsync(string? version, string? channel, CancellationToken cancellationToken) => ResolveAsync(version, channel, cancellationToken);

    public Task<Release> ResolveAsync(string? version, string? channel, CancellationToken cancellationToken) => Task.FromResult(new Release
    {
        Name = "sim",
        Version = version ?? "2.0.0",
        Tag = version ?? "2.0.0",
        Source = "sim",
        Digest = $"sha256:{version ?? "2.0.0"}",
    });
}
