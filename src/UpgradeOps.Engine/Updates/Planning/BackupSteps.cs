using UpgradeOps.Engine.Backups;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>The steps that make a backup and prove it before anything is changed.</summary>
internal static class BackupSteps
{
    /// <param name="quiesced">The old version is stopped by then.</param>
    /// <param name="hold">It is paused for as long as the data is copied; counts only when it is not stopped anyway.</param>
    /// <param name="running">What runs while the backup is made; the backup says so.</param>
    /// <param name="copies">When it is copied away from the machine.</param>
    /// <param name="proof">How far it is proved then; <see cref="ProofLevel.None"/> leaves that step out.</param>
    public static IReadOnlyList<PlannedStep> Plan(bool quiesced, PlanEndpoint running, bool hold = false, ProofLevel proof = ProofLevel.Structure, CopyTime copies = CopyTime.Never)
    {
        List<PlannedStep> steps = [Create(quiesced, running, hold)];
        if (proof != ProofLevel.None)
            steps.Add(Prove(proof));
        if (copies != CopyTime.Never)
            steps.Add(Upload(late: copies == CopyTime.Last));
        return steps;
    }

    /// <summary>Of what a restore replaces, with everything stopped. What is not there needs none.</summary>
    public static IReadOnlyList<PlannedStep> PlanSafety(PlanEndpoint running)
    {
        var create = Create(quiesced: true, running, hold: false);
        return [create with { Inputs = new Dictionary<string, string>(create.Inputs) { ["absent"] = "skip" } }, Prove(ProofLevel.Structure)];
    }

    private static PlannedStep Create(bool quiesced, PlanEndpoint running, bool hold) =>
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
        };

    private static PlannedStep Prove(ProofLevel level) =>
        new()
        {
            Id = "",
            Kind = "backup.prove",
            Phase = StepPhase.Prove,
            Description = level switch
            {
                ProofLevel.Checksum => "Prove the backup: every checksum",
                ProofLevel.Restore => "Prove the backup: every checksum, every format to its end, restored into a scratch database and compared",
                _ => "Prove the backup: every checksum, every format to its end",
            },
            // A scratch database that a killed proof left is dropped on the way back.
            Reversibility = level == ProofLevel.Restore ? Reversibility.Additive : Reversibility.ReadOnly,
            Repeatable = Repeatability.Idempotent,
            Interruptible = true,
            Inputs = new Dictionary<string, string> { ["level"] = level.ToString() },
        };

    private static PlannedStep Upload(bool late) =>
        new()
        {
            Id = "",
            Kind = "backup.upload",
            Phase = late ? StepPhase.Keep : StepPhase.Prove,
            Description = late ? "Copy the backup away from this machine" : "Copy the backup away from this machine, before anything is changed",
            Reversibility = Reversibility.Additive,
            Repeatable = Repeatability.Idempotent,
            Interruptible = true,
            Inputs = late ? new Dictionary<string, string> { ["late"] = "true" } : new Dictionary<string, string>(),
        };

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
