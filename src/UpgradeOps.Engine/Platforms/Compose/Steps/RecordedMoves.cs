using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>What an operation that is taken back moved, as its plan recorded it.</summary>
internal static class RecordedMoves
{
    public static IReadOnlyList<MovedService> Of(PlatformTarget target) =>
        target.RecordedSteps.FirstOrDefault(s => s.Kind == StepKinds.Remember)?.Inputs.TryGetValue(StepInputs.Services, out var json) == true
            ? EngineJson.Read<List<MovedService>>(json, ErrorIds.PlanDamaged, StepKinds.Remember)
            : [];
}
