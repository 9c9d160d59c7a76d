using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Goes back: takes back an operation that is still open, or returns to what ran before the newest kept update.</summary>
public sealed class UndoUpdate(EngineSession session)
{
    /// <summary>What going back from the newest kept update would do. Changes nothing.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.NothingToUndo"/>; <see cref="ErrorIds.OperationPending"/>: an open operation has its plan already.</exception>
    public async Task<UpdatePlan> PlanAsync(UndoOptions options, CancellationToken cancellationToken)
    {
        await using var rooms = await session.OpenAsync(options.Name, cancellationToken).ConfigureAwait(false);
        if (await OperationIndex.FindOpenAsync(rooms.State, cancellationToken).ConfigureAwait(false) is { } open)
        {
            return open.Plan;
        }

        return await new UndoPlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="cancellationToken">Asks to stop at the next safe point.</param>
    public async Task<UpdateResult> RunAsync(UndoOptions options, CancellationToken cancellationToken)
    {
        var open = await OpenOperation.TakeOverAsync(session, options.Name, options.OperationId, "undo", cancellationToken).ConfigureAwait(false);
        if (open is not null)
        {
            await using (open.ConfigureAwait(false))
            {
                if (!open.Transaction.Record.IsKeeping)
                {
                    return await open.Transaction.GoBackAsync(options.Data, cancellationToken).ConfigureAwait(false);
                }

                // The old version's remains are being cleared away: finish that, then go back like from any kept update.
                var kept = await open.Transaction.RunAsync(repeatUncertain: true, cancellationToken).ConfigureAwait(false);
                if (kept.Status != UpdateStatus.Kept)
                {
                    return kept;
                }
            }
        }

        await using var rooms = await session.OpenAsync(options.Name, cancellationToken).ConfigureAwait(false);
        ILease lease;
        try
        {
            lease = await rooms.State.TakeLeaseAsync("undo", cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.LockHeld)
        {
            return Results.Refused(null, rooms.Definition.Name, e.Error, OperationKind.Undo);
        }

        await using (lease.ConfigureAwait(false))
        {
            var plan = await new UndoPlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
            if (Results.Blocked(plan) is { } blocked)
            {
                return Results.Refused(plan, plan.Name, blocked, OperationKind.Undo);
            }

            var transaction = await Transaction.BeginAsync(rooms, lease, plan, cancellationToken).ConfigureAwait(false);
            return await transaction.RunAsync(repeatUncertain: false, cancellationToken).ConfigureAwait(false);
        }
    }
}
