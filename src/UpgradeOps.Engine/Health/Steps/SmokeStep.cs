using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Health.Rounds;
using UpgradeOps.Engine.Health.Smoke;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Health.Steps;

/// <summary>Runs the smoke tests on a verified version. They count only when the instances that were verified lived through them.</summary>
internal sealed class SmokeStep(PlannedStep planned, AppDefinition definition, RoundRunner rounds, LastWords lastWords, SmokeTests tests, TimeProvider time)
    : HealthStep(planned, definition, rounds, lastWords, time)
{
    public const string Kind = "health.smoke";

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var report = await tests.RunAsync(name => context.Tell($"smoke test '{name}'"), cancellationToken).ConfigureAwait(false);
        await context.RecordAsync("tests", EngineJson.Write(report.Tests), cancellationToken).ConfigureAwait(false);
        var verified = Verified(context);
        var round = await Rounds.TryAsync(Expected(context) ?? verified?.Select(l => l.Id).ToList(), Version, cancellationToken).ConfigureAwait(false);
        if (round.Look.Failure is { } gone)
            throw await FailAsync(gone, round, report.Passed ? "after its smoke tests" : $"({report.Reason})", cancellationToken).ConfigureAwait(false);
        if (!report.Passed)
            throw new AppException(ErrorIds.SmokeFailed, $"{Definition.Name} {Version ?? "(version unknown)"} answers healthy, but {report.Reason}.", Definition.Name);
        if (verified is not null && round.Look.Lives.Count > 0 && !round.Look.Lives.SequenceEqual(verified))
            throw await FailAsync(Restarted(round, verified), round, "after its smoke tests", cancellationToken).ConfigureAwait(false);
    }
}
