namespace UpgradeOps.Engine.Updates.Running;

/// <summary>What to say of a step that a crash cut off and that cannot be looked at.</summary>
internal static class Uncertain
{
    public static AppException Error(PlannedStep step, string name) => new(
        ErrorIds.StepUncertain,
        $"Step {step.Id} ({step.Description}) was begun before the interruption, and nothing shows whether it took effect: not at all, in part or wholly. It was not done again.",
        name);
}
