namespace UpgradeOps.Engine.Operations;

/// <summary>Lists whole backups, newest first, wherever they are kept, each with what retention says of it. A store that does not answer, or holds a damaged one, is a warning.</summary>
public sealed class ListBackups(EngineSession session)
{
    public Task<IReadOnlyList<Backup>> RunAsync(string name, CancellationToken cancellationToken) =>
        session.UseAsync(name, rooms => ListAsync(rooms, cancellationToken), cancellationToken);

    private static async Task<IReadOnlyList<Backup>> ListAsync(AppRooms rooms, CancellationToken cancellationToken)
    {
        var (backups, findings) = await rooms.Backups.ListAsync(everywhere: true, cancellationToken).ConfigureAwait(false);
        Telling.Warn(rooms, findings);
        try
        {
            return await Expiry.JudgeAsync(rooms, backups, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException)
        {
            // Backups are there for the day on which a journal cannot be read either: then they are listed without a word about retention.
            return backups;
        }
    }
}
