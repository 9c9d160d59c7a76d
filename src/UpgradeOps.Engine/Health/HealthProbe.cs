using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Health.Http;
using UpgradeOps.Engine.Health.Rounds;
using UpgradeOps.Engine.Health.Smoke;
using UpgradeOps.Engine.Health.Steps;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Health;

/// <summary>Asks an application how it is: by its declared checks, between two looks at the platform's instances.</summary>
internal sealed class HealthProbe : IHealthProbe
{
    private readonly AppDefinition definition;
    private readonly TimeProvider time;
    private readonly RoundRunner rounds;
    private readonly LastWords lastWords;
    private readonly SmokeTests? smoke;

    /// <param name="ask">Asks from this machine.</param>
    /// <param name="fromHost">Asks from the application's host, where that is another machine.</param>
    public HealthProbe(
        AppDefinition definition, IPlatform platform, TimeProvider time, Redaction? redaction = null, Ask? ask = null, SmokeTests? smoke = null, Ask? fromHost = null)
    {
        this.smoke = smoke;
        this.definition = definition;
        this.time = time;
        rounds = new RoundRunner(definition, platform, new CheckRunner(ask ?? new HttpAsk(time).AskAsync, fromHost), time);
        lastWords = new LastWords(platform, redaction ?? new Redaction());
    }

    public string Prefix => "health";

    public bool Declared => definition.Health.Count > 0;

    public async Task<HealthReport> CheckAsync(IReadOnlyList<string>? expectedInstances, string? expectedVersion, CancellationToken cancellationToken)
    {
        var round = await rounds.RunAsync(expectedInstances, expectedVersion, cancellationToken).ConfigureAwait(false);
        return new HealthReport
        {
            Name = definition.Name,
            Healthy = Declared && round.Failure is null,
            RunningVersion = round.Checks.Select(c => c.Version).FirstOrDefault(v => v is not null),
            Checks = round.Checks,
            At = round.At,
            Reason = round.Failure?.Reason ?? (Declared ? null : $"no health check is declared in {definition.Path}; the platform shows {round.Look.Expected.Count} running"),
        };
    }

    public IReadOnlyList<PlannedStep> Plan(string? expectedVersion)
    {
        var inputs = new Dictionary<string, string>();
        if (expectedVersion is not null)
            inputs[HealthOutputs.Version] = expectedVersion;
        var verify = new PlannedStep
        {
            Id = "",
            Kind = VerifyStep.Kind,
            Phase = StepPhase.Verify,
            Description = Declared
                ? $"Wait up to {Seconds(definition.HealthTimeout)} until {expectedVersion ?? "the application"} itself answers healthy"
                : $"Wait up to {Seconds(definition.HealthTimeout)} until it has run for {Seconds(VerifyStep.StableFor)} (no health check is declared)",
            Interruptible = true,
            Inputs = inputs,
        };
        return definition.Bake <= TimeSpan.Zero
            ? [verify]
            : [verify, verify with { Kind = BakeStep.Kind, Phase = StepPhase.Bake, Description = $"Watch it for {Seconds(definition.Bake)} before it is kept" }];
    }

    public IReadOnlyList<PlannedStep> PlanSmoke(string? expectedVersion) => definition.Smoke.Count == 0 ? [] :
    [
        new PlannedStep
        {
            Id = "",
            Kind = SmokeStep.Kind,
            Phase = StepPhase.Verify,
            Description = definition.Smoke.Count == 1
                ? $"Run the smoke test '{definition.Smoke[0].Name}'"
                : $"Run {definition.Smoke.Count} smoke tests: {string.Join(", ", definition.Smoke.Select(s => s.Name))}",
            Interruptible = true,
            Inputs = expectedVersion is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [HealthOutputs.Version] = expectedVersion },
        },
    ];

    public Task<SmokeReport> SmokeAsync(CancellationToken cancellationToken) => smoke is { Declared.Count: > 0 }
        ? smoke.RunAsync(null, cancellationToken)
        : throw new AppException(ErrorIds.NoSmokeTests, $"The definition of {definition.Name} declares no smoke tests.", definition.Path);

    public IStep Create(PlannedStep planned) => planned.Kind switch
    {
        SmokeStep.Kind when smoke is not null => new SmokeStep(planned, definition, rounds, lastWords, smoke, time),
        VerifyStep.Kind => new VerifyStep(planned, definition, rounds, lastWords, time),
        BakeStep.Kind => new BakeStep(planned, definition, rounds, lastWords, time),
        _ => throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the unknown kind '{planned.Kind}'.", planned.Id),
    };

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.###} s";
}
