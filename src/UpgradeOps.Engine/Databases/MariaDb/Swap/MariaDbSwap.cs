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
    public async Task RunAsync(string live, string incoming, string outgoing, CancellationToken cancellationToken)
    {
        var there = await server.ExistingAsync(cancellationToken, live, incoming, outgoing).ConfigureAwait(false);
        if (there.Contains(outgoing) && await _store.ReadAsync(outgoing, cancellationToken).ConfigureAwait(false) is { } begun)
        {
            await CompleteAsync(begun, SwapGoal.Swapped, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (there.Contains(incoming) && await _store.ReadAsync(incoming, cancellationToken).ConfigureAwait(false) is { } opposite)
        {
            await CompleteAsync(opposite, SwapGoal.Original, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!there.Contains(incoming))
        {
            if (!there.Contains(outgoing))
                throw new AppException(ErrorIds.DatabaseMissing, $"There is no database '{incoming}' that could become '{live}'.", incoming);
            return;
        }

        if (there.Contains(outgoing))
            await DropUnbegunAsync(live, outgoing, cancellationToken).ConfigureAwait(false);
        if (!there.Contains(live))
            await server.CreateLikeAsync(live, incoming, cancellationToken).ConfigureAwait(false);
        await CompleteAsync(await BeginAsync(live, incoming, outgoing, cancellationToken).ConfigureAwait(false), SwapGoal.Swapped, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Clears away what stands of a swap that was never begun: an empty database for the live one's objects, with no plan in it.</summary>
    /// <returns>False when one was begun.</returns>
    public async Task<bool> ClearUnbegunAsync(string incoming, string outgoing, CancellationToken cancellationToken)
    {
        var there = await server.ExistingAsync(cancellationToken, incoming, outgoing).ConfigureAwait(false);
        if (there.Count < 2
            || await _store.ReadAsync(outgoing, cancellationToken).ConfigureAwait(false) is not null
            || await _store.ReadAsync(incoming, cancellationToken).ConfigureAwait(false) is not null)
            return false;
        if ((await _store.TablesAsync(outgoing, cancellationToken).ConfigureAwait(false)).All(t => t == SwapStore.Draft))
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

        // What is dropped last is what is known to be empty.
        var emptied = goal == SwapGoal.Swapped ? plan.Incoming : plan.Outgoing;
        await ThrowIfTablesAsync(emptied, cancellationToken).ConfigureAwait(false);
        await server.DropAsync(cancellationToken, emptied).ConfigureAwait(false);
        if (goal == SwapGoal.Swapped)
            await _store.RemoveAsync(plan.Outgoing, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A database under the outgoing name is only taken for a remainder when nothing of anybody is in it.</summary>
    private async Task DropUnbegunAsync(string live, string outgoing, CancellationToken cancellationToken)
    {
        var tables = await _store.TablesAsync(outgoing, cancellationToken).ConfigureAwait(false);
        if (tables.Any(t => t != SwapStore.Draft))
            throw new AppException(ErrorIds.DatabaseNameTaken, $"There is a database '{outgoing}' already, so '{live}' cannot be kept under that name.", outgoing);
        await server.DropAsync(cancellationToken, outgoing).ConfigureAwait(false);
    }

    private async Task ThrowIfTablesAsync(string database, CancellationToken cancellationToken)
    {
        var world = await SwapWorld.LookAsync(server, [database], cancellationToken).ConfigureAwait(false);
        var left = world.Tables.Select(t => t.Name).Where(t => t is not SwapStore.Table and not SwapStore.Draft).ToList();
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
