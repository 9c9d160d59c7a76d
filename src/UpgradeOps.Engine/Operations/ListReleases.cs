namespace UpgradeOps.Engine.Operations;

/// <summary>Lists the versions that exist, newest first.</summary>
public sealed class ListReleases(EngineSession session)
{
    public Task<IReadOnlyList<Release>> RunAsync(string name, CancellationToken cancellationToken) =>
        session.UseAsync(name, rooms => rooms.Releases.ListAsync(cancellationToken), cancellationToken);
}
