using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>The two steps that restore a database, wherever its dump comes from.</summary>
internal static class DatabasePlan
{
    /// <param name="what">The dump, for a person.</param>
    public static PlannedStep Load(IDatabase database, string what, IReadOnlyDictionary<string, string> inputs) => new()
    {
        Id = "",
        Kind = RestoreSteps.LoadKind,
        Phase = StepPhase.Stage,
        Description = $"Load {what} into a new database beside {database.Name}",
        // Not something that may stay behind: as large as the live one, and nobody else would ever remove it.
        Reversibility = Reversibility.Reversible,
        Repeatable = Repeatability.Observable,
        Interruptible = true,
        Inputs = inputs,
    };

    public static PlannedStep Swap(IDatabase database, IReadOnlyDictionary<string, string> inputs) => new()
    {
        Id = "",
        Kind = RestoreSteps.SwapKind,
        Phase = StepPhase.Switch,
        Description = $"Put the loaded database in place of {database.Name}, which is kept under another name",
        Reversibility = Reversibility.Reversible,
        Repeatable = Repeatability.Observable,
        Inputs = inputs,
    };
}
