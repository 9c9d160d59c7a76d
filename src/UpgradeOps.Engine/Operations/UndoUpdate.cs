using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Goes back: takes back an operation that is still open, or returns to what ran before the newest kept update.</summary>
public sealed class UndoUpdate(EngineSession session)
{
    /// <summary>
    /// What going back would do; for an operation that is still open, its own plan, whose steps are taken back (an undo's own: gone on
    /// with). Changes nothing.
    /// </summary>
    /// <exception cref="AppException"><see cref="ErrorIds.NothingToUndo"/>.</exception>
    public async Task<UpdatePlan> PlanAsync(UndoOptions options, CancellationToken cancellationToken)
    {
        var state = await session.OpenStateAsync(options.Name, cancellationToken).ConfigureAwait(false);
        return await OperationIndex.FindOpenAsync(state, cancellationToken).ConfigureAwait(false) is { } open
            ? open.Plan
            : await session.UseAsync(options.Name, rooms => new UndoPlanner(rooms).PlanAsync(options, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <param name="cancellationToken">Asks to stop at the next safe point.</param>
    public async Task<UpdateResult> RunAsync(UndoOptions options, CancellationToken cancellationToken)
    {
        var open = await OpenOperation.TakeOverAsync(session, options.Name, options.OperationId, "undo", cancellationToken).ConfigureAwait(false);
        if (open is not null && await EndOpenAsync(open, options, cancellationToken).ConfigureAwait(false) is { } ended)
        {
            return ended;
        }

        return await session.UseAsync(
            options.Name,
            rooms => Leased.RunAsync(
                rooms,
                "undo",
                error => Results.Refused(null, rooms.Definition.Name, error, OperationKind.Undo),
                lease => UndoKeptAsync(rooms, lease, options, cancellationToken),
                cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Undoing twice is no redoing: an undo that was cut off goes on towards the old version, as whoever says it again expects.</summary>
    /// <returns>Null when it turned out to be kept, and is to be taken back like any kept update.</returns>
    private static async Task<UpdateResult?> EndOpenAsync(OpenOperation open, UndoOptions options, CancellationToken cancellationToken)
    {
        await using (open.ConfigureAwait(false))
        {
            if (open.Transaction.Record is { Plan.Kind: OperationKind.Undo, IsGoingBack: false })
            {
                return await open.Transaction.RunAsync(options.Force, cancellationToken).ConfigureAwait(false);
            }

            var result = await open.Transaction.GoBackAsync(options.Data, cancellationToken).ConfigureAwait(false);
            return result.Status == UpdateStatus.Kept ? null : result;
        }
    }

    private static async Task<UpdateResult> UndoKeptAsync(AppRooms rooms, ILease lease, UndoOptions options, CancellationToken cancellationToken)
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
