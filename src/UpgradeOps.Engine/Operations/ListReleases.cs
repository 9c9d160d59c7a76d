namespace UpgradeOps.Engine.Operations;

/// <summary>Lists the versions that exist, newest first.</summary>
public sealed class ListReleases(EngineSession session)
{
    public async Task<IReadOnlyList<Release>> RunAsync(string name, CancellationToken cancellationToken)
    {
        await using var rooms = await session.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        return await rooms.Releases.ListAsync(cancellationToken).ConfigureAwait(false);
    }
}
