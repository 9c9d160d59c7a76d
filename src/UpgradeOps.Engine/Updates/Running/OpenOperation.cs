using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>An operation that another process left open, taken over under a lease, with the rooms opened from its journal.</summary>
internal sealed class OpenOperation : IAsyncDisposable
{
    private readonly ILease _lease;
    private readonly AppRooms _rooms;

    private OpenOperation(ILease lease, AppRooms rooms, Transaction transaction)
    {
        _lease = lease;
        _rooms = rooms;
        Transaction = transaction;
    }

    public Transaction Transaction { get; }

    public AppRooms Rooms => _rooms;

    /// <returns>Null when the operation is closed, or there is none.</returns>
    public static async Task<OpenOperation?> TakeOverAsync(
        EngineSession session, string name, string? operationId, string purpose, CancellationToken cancellationToken)
    {
        var state = await session.OpenStateAsync(name, cancellationToken).ConfigureAwait(false);
        if (await FindAsync(state, operationId, cancellationToken).ConfigureAwait(false) is null)
        {
            await ClearAsync(state, cancellationToken).ConfigureAwait(false);
            return null;
        }

        var lease = await state.TakeLeaseAsync(purpose, cancellationToken).ConfigureAwait(false);
        AppRooms? rooms = null;
        try
        {
            // Looked for again under the lease: its last owner may have ended it in between.
            if (await FindAsync(state, operationId, cancellationToken).ConfigureAwait(false) is { } open)
            {
                rooms = session.Open(open.Start.Definition, state);
                await HeldWriters.ReleaseLeftAsync(rooms, lease, cancellationToken).ConfigureAwait(false);
                var transaction = await Transaction.ContinueAsync(rooms, lease, open.OperationId, cancellationToken).ConfigureAwait(false);
                return new OpenOperation(lease, rooms, transaction);
            }
        }
        catch
        {
            if (rooms is not null)
            {
                await rooms.DisposeAsync().ConfigureAwait(false);
            }

            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await lease.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _rooms.DisposeAsync().ConfigureAwait(false);
        await _lease.DisposeAsync().ConfigureAwait(false);
    }

    // A process that died before its first line, or after its last, left nothing to go on with but its lock, or the file of one.
    private static async Task ClearAsync(IAppState state, CancellationToken cancellationToken)
    {
        if (await state.ReadLeaseAsync(cancellationToken).ConfigureAwait(false) is { OwnerAlive: not false })
        {
            return;
        }

        try
        {
            await state.BreakLeaseAsync(force: false, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.LockHeld or ErrorIds.StateNotWritable)
        {
            // Somebody has taken it since, or this user may only look: neither is what was asked for.
        }
    }

    private static async Task<OperationRecord?> FindAsync(IAppState state, string? operationId, CancellationToken cancellationToken)
    {
        if (operationId is null)
        {
            return await OperationIndex.FindOpenAsync(state, cancellationToken).ConfigureAwait(false);
        }

        var record = await OperationIndex.GetAsync(state, operationId, cancellationToken).ConfigureAwait(false);
        return record.IsClosed ? null : record;
    }
}
