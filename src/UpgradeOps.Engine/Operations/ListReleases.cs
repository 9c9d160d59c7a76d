using UpgradeOps.Engine.Updates.Planning;

namespace UpgradeOps.Engine.Operations;

/// <summary>Lists the versions that exist, newest first; those that failed here say so.</summary>
public sealed class ListReleases(EngineSession session)
{
    public Task<IReadOnlyList<Release>> RunAsync(string name, CancellationToken cancellationToken) =>
        session.UseAsync(name, rooms => ListAsync(rooms, cancellationToken), cancellationToken);

    private static async Task<IReadOnlyList<Release>> ListAsync(AppRooms rooms, CancellationToken cancellationToken)
    {
        var list = await rooms.Releases.ListAsync(cancellationToken).ConfigureAwait(false);
        var memory = await rooms.State.ReadAsync(cancellationToken).ConfigureAwait(false);
        return await BadReleases.MarkAsync(list, memory, rooms.Releases, cancellationToken).ConfigureAwait(false);
    }
}
