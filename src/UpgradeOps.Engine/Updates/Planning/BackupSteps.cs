using System.Globalization;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>The steps that make a backup and prove it before anything is changed.</summary>
internal static class BackupSteps
{
    public static IReadOnlyList<PlannedStep> Plan(bool quiesced) =>
    [
        new()
        {
            Id = "",
            Kind = "backup.create",
            Phase = StepPhase.BackUp,
            Description = quiesced ? "Back up, with the old version stopped" : "Back up",
            Reversibility = Reversibility.Additive,
            Repeatable = Repeatability.Idempotent,
            Interruptible = true,
            Inputs = new Dictionary<string, string> { ["quiesced"] = quiesced.ToString(CultureInfo.InvariantCulture).ToLowerInvariant() },
        },
        new()
        {
            Id = "",
            Kind = "backup.prove",
            Phase = StepPhase.Prove,
            Description = "Prove the backup: every checksum, every format to its end",
            Reversibility = Reversibility.ReadOnly,
            Repeatable = Repeatability.Idempotent,
            Interruptible = true,
            Inputs = new Dictionary<string, string> { ["level"] = nameof(ProofLevel.Structure) },
        },
    ];
}
