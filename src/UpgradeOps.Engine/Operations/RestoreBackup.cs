using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Puts the data of a backup, or of another tool's dump, in place of the live data, which is kept aside.</summary>
public sealed class RestoreBackup(EngineSession session)
{
    /// <summary>What a restore would do and replace. Changes nothing.</summary>
    public Task<UpdatePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken) =>
        session.UseAsync(options.Name, rooms => new RestorePlanner(rooms).PlanAsync(options, cancellationToken), cancellationToken);

    /// <param name="cancellationToken">Asks to stop at the next safe point.</param>
    public Task<RestoreResult> RunAsync(RestoreOptions options, CancellationToken cancellationToken) => session.UseAsync(
        options.Name,
        rooms => Leased.RunAsync(
            rooms,
            "restore",
            error => Refused(options, null, rooms.Definition.Name, error),
            lease => RunLeasedAsync(rooms, lease, options, cancellationToken),
            cancellationToken),
        cancellationToken);

    private static async Task<RestoreResult> RunLeasedAsync(AppRooms rooms, ILease lease, RestoreOptions options, CancellationToken cancellationToken)
    {
        if (await OperationIndex.FindOpenAsync(rooms.State, cancellationToken).ConfigureAwait(false) is { } open)
        {
            return Refused(options, null, rooms.Definition.Name, Pending.Error(open));
        }

        var plan = await new RestorePlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
        if (Results.Blocked(plan) is { } blocked)
        {
            return Refused(options, plan, plan.Name, blocked);
        }

        var transaction = await Transaction.BeginAsync(rooms, lease, plan, cancellationToken, options.Force).ConfigureAwait(false);
        var result = await transaction.RunAsync(repeatUncertain: false, cancellationToken).ConfigureAwait(false);
        return Result(options, result);
    }

    private static RestoreResult Refused(RestoreOptions options, UpdatePlan? plan, string name, AppError error) =>
        Result(options, Results.Refused(plan, name, error, OperationKind.Restore));

    private static RestoreResult Result(RestoreOptions options, UpdateResult result) => new()
    {
        Name = result.Name,
        BackupId = result.To ?? options.BackupId ?? options.Path ?? "",
        Status = result.Status,
        OperationId = result.OperationId,
        Restored = result.Steps.Where(PutsBack).Select(s => s.Description).ToList(),
        KeptAside = result.KeptAside,
        SafetyBackupId = result.BackupIds.Count > 0 ? result.BackupIds[0] : null,
        Error = result.Error,
        Next = result.Next,
    };

    // The safety backup and its proof are backup steps too, but put nothing back.
    private static bool PutsBack(StepResult step) =>
        step.Outcome is StepOutcome.Done or StepOutcome.AlreadyDone
        && step.Kind.StartsWith("backup.", StringComparison.Ordinal)
        && step.Kind is not ("backup.create" or "backup.prove" or "backup.upload" or "backup.fetch" or "backup.load");
}
