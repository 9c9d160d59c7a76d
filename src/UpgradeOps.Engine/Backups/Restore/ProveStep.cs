using UpgradeOps.Engine.Backups.Proof;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Proves the backup that this operation made, before anything is changed.</summary>
internal sealed class ProveStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.OutputsOf(RestoreSteps.CreateKind).TryGetValue(RestoreSteps.BackupIdOutput, out var backupId))
            throw new AppException(ErrorIds.PlanDamaged, $"Step {Planned.Id} finds no backup that an earlier step made.", Planned.Id);
        var level = Enum.TryParse<ProofLevel>(OptionalInput("level") ?? nameof(ProofLevel.Structure), ignoreCase: true, out var parsed)
            ? parsed
            : throw new AppException(ErrorIds.PlanDamaged, $"Step {Planned.Id} names the unknown level of proof '{OptionalInput("level")}'.", Planned.Id);
        var proved = await parts.Backups.ProveAsync(backupId, level, cancellationToken).ConfigureAwait(false);
        foreach (var evidence in proved.Proof.Evidence)
            context.Tell(evidence);
        await context.RecordAsync(
            new Dictionary<string, string> { ["proved"] = backupId, ["level"] = proved.Proof.Level.ToString(), [RestoreSteps.ProofOutput] = EngineJson.Write(proved.Proof) },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A proof that was killed in the middle may have left its scratch databases; a finished one has dropped them.</summary>
    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (OptionalInput("level") != nameof(ProofLevel.Restore) || context.Outputs.ContainsKey("proved")
            || !context.OutputsOf(RestoreSteps.CreateKind).TryGetValue(RestoreSteps.BackupIdOutput, out var backupId))
        {
            return;
        }

        foreach (var database in parts.Databases.Values)
            await database.DropAsync(AsideNames.Database(database.Name, RestoreProof.Role, backupId), cancellationToken).ConfigureAwait(false);
    }
}
