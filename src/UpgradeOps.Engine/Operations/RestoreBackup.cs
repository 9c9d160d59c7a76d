using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Puts the data of a backup, or of another tool's dump, in place of the live data, which is kept aside.</summary>
public sealed class RestoreBackup(EngineSession session)
{
    /// <summary>What a restore would do and replace. Changes nothing.</summary>
    public async Task<UpdatePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        await using var rooms = await session.OpenAsync(options.Name, cancellationToken).ConfigureAwait(false);
        return await new RestorePlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="cancellationToken">Asks to stop at the next safe point.</param>
    public async Task<RestoreResult> RunAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        await using var rooms = await session.OpenAsync(options.Name, cancellationToken).ConfigureAwait(false);
        ILease lease;
        try
        {
            lease = await rooms.State.TakeLeaseAsync("restore", cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.LockHeld)
        {
            return Result(options, Results.Refused(null, rooms.Definition.Name, e.Error, OperationKind.Restore), []);
        }

        await using (lease.ConfigureAwait(false))
        {
            if (await OperationIndex.FindOpenAsync(rooms.State, cancellationToken).ConfigureAwait(false) is { } open)
            {
                return Result(options, Results.Refused(null, rooms.Definition.Name, Pending.Error(open), OperationKind.Restore), []);
            }

            var plan = await new RestorePlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
            if (Results.Blocked(plan) is { } blocked)
            {
                return Result(options, Results.Refused(plan, plan.Name, blocked, OperationKind.Restore), []);
            }

            var transaction = await Transaction.BeginAsync(rooms, lease, plan, cancellationToken).ConfigureAwait(false);
            var result = await transaction.RunAsync(repeatUncertain: false, cancellationToken).ConfigureAwait(false);
            return Result(options, result, transaction.Record.KeptAside);
        }
    }

    private static RestoreResult Result(RestoreOptions options, UpdateResult result, IReadOnlyList<string> keptAside) => new()
    {
        Name = result.Name,
        BackupId = result.To ?? options.BackupId ?? options.Path ?? "",
        Status = result.Status,
        OperationId = result.OperationId,
        Restored = result.Steps.Where(s => s.Outcome is StepOutcome.Done or StepOutcome.AlreadyDone && s.Kind.StartsWith("backup.", StringComparison.Ordinal)).Select(s => s.Description).ToList(),
        KeptAside = keptAside,
        SafetyBackupId = result.BackupIds.Count > 0 ? result.BackupIds[0] : null,
        Error = result.Error,
        Next = result.Next,
    };
}
