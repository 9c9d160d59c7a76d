using UpgradeOps.Engine.Backups.Retention;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Updates.Planning;

namespace UpgradeOps.Engine.Operations;

/// <summary>Backups with what the declared retention says of them, and the end of those that are kept no longer, here or anywhere.</summary>
internal static class Expiry
{
    /// <returns>All whole backups, newest first, each with its <see cref="Backup.Retention"/>.</returns>
    public static async Task<IReadOnlyList<Backup>> JudgeAsync(AppRooms rooms, CancellationToken cancellationToken)
    {
        // Of a store that does not answer nothing expires: what is counted among fewer is kept all the more.
        var (backups, findings) = await rooms.Backups.ListAsync(everywhere: true, cancellationToken).ConfigureAwait(false);
        Telling.Warn(rooms, findings);
        return await JudgeAsync(rooms, backups, cancellationToken).ConfigureAwait(false);
    }

    public static async Task<IReadOnlyList<Backup>> JudgeAsync(AppRooms rooms, IEnumerable<Backup> backups, CancellationToken cancellationToken)
    {
        var needed = await NeededBackups.FindAsync(rooms.State, cancellationToken).ConfigureAwait(false);
        return new RetentionRules(rooms.Definition.Retention).Judge(backups, needed);
    }

    /// <summary>Removes the expired ones of what was judged, oldest first. The caller holds the lease.</summary>
    /// <returns>Those that were removed.</returns>
    public static async Task<IReadOnlyList<Backup>> RemoveAsync(AppRooms rooms, IReadOnlyList<Backup> judged, CancellationToken cancellationToken)
    {
        var expired = judged.Where(b => b.Retention is { Expired: true }).Reverse().ToList();
        foreach (var backup in expired)
        {
            Tell(rooms, ProgressKind.Working, $"Removing backup {backup.BackupId}: {string.Join("; ", backup.Retention!.Reasons)}");
            await rooms.Backups.RemoveAsync(backup.BackupId, cancellationToken).ConfigureAwait(false);
        }

        return expired;
    }

    /// <summary>After a new backup was made, under the lease of who made it. What it is for succeeded already: a failure here is told and waits for the next time.</summary>
    public static async Task ApplyAsync(AppRooms rooms, CancellationToken cancellationToken)
    {
        try
        {
            if (rooms.Definition.Retention is not null)
                await RemoveAsync(rooms, await JudgeAsync(rooms, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            if (rooms.Definition.Store is { KeepLocal: not null })
                await TrimAsync(rooms, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e)
        {
            Tell(rooms, ProgressKind.Warning, $"Old backups were not removed: {e.Message}");
        }
    }

    private static async Task TrimAsync(AppRooms rooms, CancellationToken cancellationToken)
    {
        var needed = await NeededBackups.FindAsync(rooms.State, cancellationToken).ConfigureAwait(false);
        foreach (var id in await rooms.Backups.TrimAsync(needed.Keys.ToHashSet(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false))
            Tell(rooms, ProgressKind.Working, $"Backup {id} is now in the store only");
    }

    private static void Tell(AppRooms rooms, ProgressKind kind, string message) =>
        rooms.Options.Progress.Report(new ProgressEvent(kind, null, message) { At = rooms.Options.Time.GetUtcNow() });
}
