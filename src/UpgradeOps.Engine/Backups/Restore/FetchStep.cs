using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Brings a backup from the remote store to this machine. It stays here afterwards.</summary>
internal sealed class FetchStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    public static PlannedStep Plan(StoredBackup stored) => new()
    {
        Id = "",
        Kind = RestoreSteps.FetchKind,
        Phase = StepPhase.Stage,
        Description = $"Fetch backup {stored.BackupId} ({ByteText.Of(stored.Manifest.Files.Sum(f => f.Size))}) from {stored.Stores[0].LocationOf(stored.BackupId)}",
        Reversibility = Reversibility.Additive,
        Repeatable = Repeatability.Observable,
        Interruptible = true,
        Inputs = new Dictionary<string, string> { [RestoreSteps.FromBackup] = stored.BackupId },
    };

    public override Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(parts.Store.Contains(Input(RestoreSteps.FromBackup)) ? StepState.Done : StepState.NotDone);

    public override Task DoAsync(StepContext context, CancellationToken cancellationToken) =>
        parts.Backups.FetchAsync(Input(RestoreSteps.FromBackup), (what, done, total) => context.Tell(what, done, total), cancellationToken);
}
