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
        var verdict = failure.IsLost ? "could not be asked how it is" : "is not healthy";
        return new AppException(failure.ErrorId, $"{definition.Name} {Version ?? "(version unknown)"} {verdict} {when}: {failure.Reason.TrimEnd('.')}.{words}", definition.Name);
    }

    /// <summary>An instance that ended by itself and was started again is counted by its platform; one that the engine or a person restarted is not.</summary>
    protected static HealthFailure Restarted(HealthRound round, IReadOnlyList<InstanceLife> verified)
    {
        var instance = round.Look.Expected.FirstOrDefault(i => !verified.Contains(InstanceLife.Of(i))) ?? round.Look.Expected[0];
        return verified.Any(v => v.Id == instance.Id && v.RestartCount == instance.RestartCount)
            ? new HealthFailure(ErrorIds.WrongInstance, $"{instance.DisplayName} was restarted after it had been verified, by the engine or by somebody, not because it ended", Hope.None, instance.Id)
            : new HealthFailure(ErrorIds.InstanceExited, $"{instance.DisplayName} was restarted after it had been verified (restart count {instance.RestartCount})", Hope.None, instance.Id);
    }

    protected static IReadOnlyList<InstanceLife>? Verified(StepContext context) =>
        context.OutputsOf(VerifyStep.Kind).TryGetValue(HealthOutputs.Verified, out var lives)
            ? EngineJson.Read<IReadOnlyList<InstanceLife>>(lives, ErrorIds.JournalDamaged, $"output {HealthOutputs.Verified} of {VerifyStep.Kind}")
            : null;

    protected static string After(TimeSpan time) => $"after {time.TotalSeconds:0.#} s";
}
