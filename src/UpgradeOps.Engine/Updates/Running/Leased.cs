using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>Runs work while nobody else works on the application.</summary>
internal static class Leased
{
    /// <param name="refused">What to answer when somebody else holds the lock: nothing was touched.</param>
    public static async Task<T> RunAsync<T>(
        AppRooms rooms, string purpose, Func<AppError, T> refused, Func<ILease, Task<T>> work, CancellationToken cancellationToken)
    {
        ILease lease;
        try
        {
            lease = await rooms.State.TakeLeaseAsync(purpose, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.LockHeld)
        {
            return refused(e.Error);
        }

        await using (lease.ConfigureAwait(false))
        {
            await HeldWriters.ReleaseLeftAsync(rooms, lease, cancellationToken).ConfigureAwait(false);
            return await work(lease).ConfigureAwait(false);
        }
    }
}
