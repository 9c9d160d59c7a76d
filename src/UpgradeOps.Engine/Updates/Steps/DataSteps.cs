using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Updates.Steps;

/// <summary>The step that stands where data would have to be put back: between stopping one version and starting the other.</summary>
/// <param name="repeatUncertain">A person has said that a step of the restore whose effect cannot be known may be done again.</param>
internal sealed class DataSteps(IBackups backups, AppSteps apps, Func<OperationRecord> record, bool repeatUncertain) : IStepSource
{
    public const string Guard = "data.guard";

    /// <summary>Input of <see cref="Guard"/>.</summary>
    public const string WhileRunning = "whileRunning";

    public string Prefix => "data";

    public IStep Create(PlannedStep planned) => planned.Kind == Guard
        ? new DataGuardStep(planned, backups, apps, record, repeatUncertain)
        : throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the unknown kind '{planned.Kind}'.", planned.Id);

    /// <param name="whileRunning">It does not stand where everything is stopped: whatever runs then is stopped for the restore, and started again.</param>
    public static PlannedStep PlanGuard(DataPolicy policy, bool whileRunning = false) => new()
    {
        Id = "",
        Kind = Guard,
        Phase = StepPhase.Switch,
        Inputs = whileRunning ? new Dictionary<string, string> { [WhileRunning] = "true" } : new Dictionary<string, string>(),
        Description = policy switch
        {
            DataPolicy.Restore => "From here on, going back restores the backup if migrations were applied",
            DataPolicy.Keep => "From here on, going back keeps the data as it is then",
            _ => "From here on, going back asks a person if migrations were applied",
        },
        Reversibility = Reversibility.NeedsBackup,
        Repeatable = Repeatability.Idempotent,
    };
}
