namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>The steps that make a backup and prove it before anything is changed.</summary>
internal static class BackupSteps
{
    /// <param name="quiesced">The old version is stopped by then.</param>
    /// <param name="hold">It is paused for as long as the data is copied; counts only when it is not stopped anyway.</param>
    /// <param name="running">What runs while the backup is made; the backup says so.</param>
    public static IReadOnlyList<PlannedStep> Plan(bool quiesced, PlanEndpoint running, bool hold = false) =>
    [
        new()
        {
            Id = "",
            Kind = "backup.create",
            Phase = StepPhase.BackUp,
            Description = quiesced ? "Back up, with the old version stopped" : hold ? "Back up, with the old version paused meanwhile" : "Back up",
            Reversibility = Reversibility.Additive,
            Repeatable = Repeatability.Idempotent,
            Interruptible = true,
            Inputs = CreateInputs(quiesced, hold && !quiesced, running),
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

    private static Dictionary<string, string> CreateInputs(bool quiesced, bool hold, PlanEndpoint running)
    {
        var inputs = new Dictionary<string, string> { ["quiesced"] = quiesced ? "true" : "false" };
        if (hold)
        {
            inputs["hold"] = "true";
        }

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
