using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Raft;

/// <summary>Replaces raft storage by a snapshot. What that replaces is in the safety backup alone: storage has no second name.</summary>
internal sealed class RestoreRaftStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var name = Input(RestoreSteps.Target);
        var raft = parts.Definition.Backups.Select(b => b.Raft).FirstOrDefault(r => r?.Name == name);
        if (raft is null || parts.Secrets is null)
            throw new AppException(ErrorIds.RestoreFailed, $"The definition no longer declares 'raft: {{ name: {name}, … }}'.", name, "Declare it under backups again.");
        var file = parts.File(Input(RestoreSteps.FromBackup), Input(RestoreSteps.File));
        context.Tell($"Verifying {file.Path}");
        await file.VerifyAsync(cancellationToken).ConfigureAwait(false);
        context.Tell($"Restoring {file.Path} into {raft.Address}");
        var content = await file.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
            await new RaftStorage(raft, parts.Secrets, parts.Dial).RestoreAsync(content, cancellationToken).ConfigureAwait(false);
    }
}
