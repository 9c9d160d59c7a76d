using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Updates.Steps;

/// <summary>Steps that stop and start whatever writes data, around a restore.</summary>
internal sealed class AppSteps(IPlatform platform) : IStepSource
{
    public const string StopWriters = "app.stopWriters";
    public const string StartWriters = "app.startWriters";

    public string Prefix => "app";

    public IStep Create(PlannedStep planned) => planned.Kind switch
    {
        StopWriters => new StopWritersStep(planned, platform),
        StartWriters => new StartWritersStep(planned, platform),
        _ => throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the unknown kind '{planned.Kind}'.", planned.Id),
    };

    public static PlannedStep PlanStop(StepPhase phase) => new()
    {
        Id = "",
        Kind = StopWriters,
        Phase = phase,
        Description = "Stop what writes data",
        Reversibility = Reversibility.Reversible,
        Repeatable = Repeatability.Idempotent,
        CausesOutage = true,
    };

    public static PlannedStep PlanStart(StepPhase phase) => new()
    {
        Id = "",
        Kind = StartWriters,
        Phase = phase,
        Description = "Start it again",
        Reversibility = Reversibility.Reversible,
        Repeatable = Repeatability.Idempotent,
        CausesOutage = true,
    };
}
