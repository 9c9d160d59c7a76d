using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Operations;

/// <summary>Whom a backup by hand holds, remembered with the application, under its lease.</summary>
internal static class HeldWriters
{
    public static WriterHold Hold(AppRooms rooms, ILease lease) => new(
        rooms.Writers,
        (ids, token) => rooms.State.ChangeAsync(lease, memory => memory with { HeldWriters = ids }, token),
        rooms.Options.Time);

    /// <summary>Lets go whom a killed backup held. To be called by everyone who takes the lease, before anything else.</summary>
    public static async Task ReleaseLeftAsync(AppRooms rooms, ILease lease, CancellationToken cancellationToken)
    {
        var memory = await rooms.State.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (memory.HeldWriters.Count == 0)
            return;
        await rooms.Writers.ReleaseAsync(memory.HeldWriters, cancellationToken).ConfigureAwait(false);
        await rooms.State.ChangeAsync(lease, now => now with { HeldWriters = [] }, cancellationToken).ConfigureAwait(false);
    }
}
