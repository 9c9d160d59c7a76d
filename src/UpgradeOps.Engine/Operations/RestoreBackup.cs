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
        async rooms =>
        {
            var what = options.BackupId ?? options.Path ?? "the newest backup";
            var attempt = new Attempt(rooms.Definition.Name, OperationKind.Restore, options.As is null ? $"restore {what}" : $"restore {what} as {options.As}") { Forced = options.Force };
            return Result(options, await attempt.RunAsync(rooms.State, rooms.Options, () => RunAsync(rooms, options, cancellationToken)).ConfigureAwait(false));
        },
        cancellationToken);

    private static Task<UpdateResult> RunAsync(AppRooms rooms, RestoreOptions options, CancellationToken cancellationToken) => Leased.RunAsync(
        rooms,
        "restore",
        error => Results.Refused(null, rooms.Definition.Name, error, OperationKind.Restore),
        lease => RunLeasedAsync(rooms, lease, options, cancellationToken),
        cancellationToken);

    private static async Task<UpdateResult> RunLeasedAsync(AppRooms rooms, ILease lease, RestoreOptions options, CancellationToken cancellationToken)
    {
        if (await OperationIndex.FindOpenAsync(rooms.State, cancellationToken).ConfigureAwait(false) is { } open)
        {
            return Results.Refused(null, rooms.Definition.Name, Pending.Error(open), OperationKind.Restore);
        }

        var plan = await new RestorePlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
        if (Results.Blocked(plan) is { } blocked)
        {
            return Results.Refused(plan, plan.Name, rooms.Redaction.Clean(blocked), OperationKind.Restore);
        }

        var transaction = await Transaction.BeginAsync(rooms, lease, plan, cancellationToken, options.Force).ConfigureAwait(false);
        return await transaction.RunAsync(repeatUncertain: false, cancellationToken).ConfigureAwait(false);
    }

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
