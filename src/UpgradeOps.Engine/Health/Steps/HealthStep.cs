using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Health.Rounds;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Health.Steps;

/// <summary>What verifying and watching have in common.</summary>
internal abstract class HealthStep(PlannedStep planned, AppDefinition definition, RoundRunner rounds, LastWords lastWords, TimeProvider time) : Step(planned)
{
    protected AppDefinition Definition => definition;

    protected RoundRunner Rounds => rounds;

    protected TimeProvider Time => time;

    protected string? Version => OptionalInput(HealthOutputs.Version);

    /// <summary>Ids that the starting step recorded; null when the plan names no such step: whatever runs now must do.</summary>
    protected IReadOnlyList<string>? Expected(StepContext context) =>
        OptionalInput(HealthOutputs.StartKind) is { } kind && context.OutputsOf(kind).TryGetValue(PlatformOutputs.NewInstances, out var ids)
            ? EngineJson.Read<IReadOnlyList<string>>(ids, ErrorIds.JournalDamaged, $"output {PlatformOutputs.NewInstances} of {kind}")
            : null;

    protected async Task<AppException> FailAsync(HealthFailure failure, HealthRound round, string when, CancellationToken cancellationToken)
    {
        var blamed = round.Look.Expected.FirstOrDefault(i => i.Id == failure.InstanceId);
        var words = blamed is null ? "" : await lastWords.OfAsync(blamed, cancellationToken).ConfigureAwait(false);
        return new AppException(failure.ErrorId, $"{definition.Name} {Version ?? "(version unknown)"} is not healthy {when}: {failure.Reason}.{words}", definition.Name);
    }

    protected static string After(TimeSpan time) => $"after {time.TotalSeconds:0.#} s";
}
