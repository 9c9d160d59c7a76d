namespace UpgradeOps.Engine.Operations;

/// <summary>Lists whole backups, newest first.</summary>
public sealed class ListBackups(EngineSession session)
{
    public async Task<IReadOnlyList<Backup>> RunAsync(string name, CancellationToken cancellationToken)
    {
        await using var rooms = await session.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        return await rooms.Backups.ListAsync(cancellationToken).ConfigureAwait(false);
    }
}
