namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>The steps that make a backup and prove it before anything is changed.</summary>
internal static class BackupSteps
{
    /// <param name="running">What runs while the backup is made; the backup says so.</param>
    public static IReadOnlyList<PlannedStep> Plan(bool quiesced, PlanEndpoint running) =>
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
            Inputs = CreateInputs(quiesced, running),
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

    private static Dictionary<string, string> CreateInputs(bool quiesced, PlanEndpoint running)
    {
        var inputs = new Dictionary<string, string> { ["quiesced"] = quiesced ? "true" : "false" };
        foreach (var (name, value) in new[] { ("version", running.Version), ("digest", running.Digest), ("schemaFingerprint", running.SchemaFingerprint) })
        {
            if (value is not null)
            {
                inputs[name] = value;
            }
        }

        return inputs;
    }
}
