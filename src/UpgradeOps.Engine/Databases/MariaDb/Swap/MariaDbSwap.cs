namespace UpgradeOps.Engine.Databases.MariaDb.Swap;

/// <summary>
/// Puts one database into another's place, object by object, with a plan kept in the outgoing database while it lasts. Every call
/// goes on from what is there; a call for the other direction takes an unfinished swap back.
/// </summary>
internal sealed class MariaDbSwap(MariaDbServer server)
{
    private const int Attempts = 3;

    private static readonly MariaDbDialect Sql = MariaDbDialect.Instance;

    private readonly SwapStore _store = new(server);
    private readonly SideReader _reader = new(server);

    /// <param name="incoming">Becomes <paramref name="live"/>; its name is free afterwards.</param>
    /// <param name="outgoing">The name that the live one gets; must be free unless this has been begun.</param>
    /// <param name="takesBack">True when this takes back a swap the other way, which may not have come to its end or even to its begin.</param>
    public async Task RunAsync(string live, string incoming, string outgoing, bool takesBack, CancellationToken cancellationToken)
    {
        var there = await server.ExistingAsync(cancellationToken, live, incoming, outgoing).ConfigureAwait(false);
        if (there.Contains(outgoing) && await _store.ReadAsync(outgoing, cancellationToken).ConfigureAwait(false) is { } begun)
        {
            await CompleteAsync(begun, SwapGoal.Swapped, cancellationToken).ConfigureAwait(false);
        }
        else if (there.Contains(incoming) && await _store.ReadAsync(incoming, cancellationToken).ConfigureAwait(false) is { } opposite)
        {
            await CompleteAsync(opposite, SwapGoal.Original, cancellationToken).ConfigureAwait(false);
        }
        else if (there.Contains(incoming))
        {
            var outgoingRemains = there.Contains(outgoing) ? await _store.RemainsAsync(outgoing, cancellationToken).ConfigureAwait(false) : (Remains?)null;
            if (!await MakeRoomAsync(live, incoming, outgoing, outgoingRemains, takesBack, cancellationToken).ConfigureAwait(false))
                return;
            if (!there.Contains(live))
                await server.CreateLikeAsync(live, incoming, cancellationToken).ConfigureAwait(false);
            var plan = await BeginAsync(live, incoming, outgoing, cancellationToken).ConfigureAwait(false);
            await CompleteAsync(plan, SwapGoal.Swapped, cancellationToken).ConfigureAwait(false);
        }
        else if (!there.Contains(outgoing))
        {
            throw new AppException(ErrorIds.DatabaseMissing, $"There is no database '{incoming}' that could become '{live}'.", incoming);
        }
    }

    /// <summary>No plan tells that a swap is under way; one of the names may still be an empty remainder, of a swap that was just ending or just beginning.</summary>
    /// <param name="outgoingRemains">Null when there is no such database.</param>
    /// <returns>False when there is nothing left to do.</returns>
    private async Task<bool> MakeRoomAsync(
        string live, string incoming, string outgoing, Remains? outgoingRemains, bool takesBack, CancellationToken cancellationToken)
    {
        var incomingRemains = await _store.RemainsAsync(incoming, cancellationToken).ConfigureAwait(false);
        var incomingIsLeft = incomingRemains == Remains.Finished
            || (incomingRemains == Remains.Empty && (outgoingRemains == Remains.InUse || (takesBack && outgoingRemains == Remains.Empty)));
        if (incomingIsLeft)
        {
            await server.DropAsync(cancellationToken, incoming).ConfigureAwait(false);
            return false;
        }

        if (outgoingRemains == Remains.InUse)
            throw new AppException(ErrorIds.DatabaseNameTaken, $"There is a database '{outgoing}' already, so '{live}' cannot be kept under that name.", outgoing);
        if (outgoingRemains is not null)
            await server.DropAsync(cancellationToken, outgoing).ConfigureAwait(false);
        return true;
    }

    private async Task<SwapPlan> BeginAsync(string live, string incoming, string outgoing, CancellationToken cancellationToken)
    {
        await server.EndSessionsAsync(cancellationToken, live, incoming).ConfigureAwait(false);
        var plan = new SwapPlan(
            live,
            incoming,
            outgoing,
            await _reader.ReadAsync(live, cancellationToken).ConfigureAwait(false),
            await _reader.ReadAsync(incoming, cancellationToken).ConfigureAwait(false),
            await _reader.GrantsAsync(live, cancellationToken).ConfigureAwait(false));
        await server.CreateLikeAsync(outgoing, live, cancellationToken).ConfigureAwait(false);
        await _store.WriteAsync(plan, cancellationToken).ConfigureAwait(false);
        return plan;
    }

    private async Task CompleteAsync(SwapPlan plan, SwapGoal goal, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await server.EndSessionsAsync(cancellationToken, plan.Live, plan.Incoming, plan.Outgoing).ConfigureAwait(false);
            var world = await SwapWorld.LookAsync(server, [plan.Live, plan.Incoming, plan.Outgoing], cancellationToken).ConfigureAwait(false);
            try
            {
                await server.ExecuteAsync(new SwapScript(plan, goal, world).Statements(), cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (AppException e) when (attempt < Attempts && MariaDbFailure.Number(e.Message) == MariaDbFailure.LockWaitTimeout)
            {
                // A session that came back holds a table: it is ended and the rest goes on from where things stand.
            }
        }

        // What is dropped is known to be empty, and what is left of it by a crash is known for a remainder.
        var emptied = goal == SwapGoal.Swapped ? plan.Incoming : plan.Outgoing;
        await ThrowIfTablesAsync(emptied, cancellationToken).ConfigureAwait(false);
        if (goal == SwapGoal.Swapped)
            await _store.FinishAsync(plan, cancellationToken).ConfigureAwait(false);
        await server.DropAsync(cancellationToken, emptied).ConfigureAwait(false);
    }

    private async Task ThrowIfTablesAsync(string database, CancellationToken cancellationToken)
    {
        var world = await SwapWorld.LookAsync(server, [database], cancellationToken).ConfigureAwait(false);
        var left = world.Tables.Select(t => t.Name).Where(t => t is not (SwapStore.Table or SwapStore.Draft or SwapStore.Finished)).ToList();
        if (left.Count > 0)
        {
            throw new AppException(
                ErrorIds.RestoreFailed,
                $"Database '{database}' still has tables after the swap, such as '{left[0]}': they came while it went on. Nothing was dropped.",
                database,
                $"Look at them, then drop {Sql.Name(database)} or move them, and run the same command again.");
        }
    }
}
