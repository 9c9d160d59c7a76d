namespace UpgradeOps.Engine.Operations;

/// <summary>Lists whole backups, newest first.</summary>
public sealed class ListBackups(EngineSession session)
{
    public Task<IReadOnlyList<Backup>> RunAsync(string name, CancellationToken cancellationToken) =>
        session.UseAsync(name, rooms => rooms.Backups.ListAsync(cancellationToken), cancellationToken);
}
