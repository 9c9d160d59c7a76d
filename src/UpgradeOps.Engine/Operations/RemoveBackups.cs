using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Operations;

/// <summary>Removes backups: one by its id, or all that the declared retention keeps no longer.</summary>
public sealed class RemoveBackups(EngineSession session)
{
    /// <summary>
    /// Every backup that is asked about, with what would become of it in <see cref="Backup.Retention"/>: the one that is named, or all. Changes nothing.
    /// A damaged one has no manifest to tell of it, and is left out.
    /// </summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupNotFound"/>, <see cref="ErrorIds.BackupNeeded"/>, <see cref="ErrorIds.RetentionNotDeclared"/>.</exception>
    public Task<IReadOnlyList<Backup>> JudgeAsync(RemoveOptions options, CancellationToken cancellationToken) =>
        session.UseAsync(options.Name, rooms => JudgeAsync(rooms, options, cancellationToken), cancellationToken);

    /// <returns>Those that were removed.</returns>
    /// <exception cref="AppException">As <see cref="JudgeAsync(RemoveOptions, CancellationToken)"/>; <see cref="ErrorIds.LockHeld"/>; or why one could not be removed.</exception>
    public Task<IReadOnlyList<Backup>> RunAsync(RemoveOptions options, CancellationToken cancellationToken) =>
        session.UseAsync(options.Name, rooms => RemoveAsync(rooms, options, cancellationToken), cancellationToken);

    private static async Task<IReadOnlyList<Backup>> RemoveAsync(AppRooms rooms, RemoveOptions options, CancellationToken cancellationToken)
    {
        // Nobody makes, proves or restores one meanwhile, and no operation begins that would need one.
        var lease = await rooms.State.TakeLeaseAsync("remove backups", cancellationToken).ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            var judged = await JudgeAsync(rooms, options, cancellationToken).ConfigureAwait(false);
            if (options.BackupId is { } id)
                await rooms.Backups.RemoveAsync(id, cancellationToken).ConfigureAwait(false);
            else
                judged = await Expiry.RemoveAsync(rooms, judged, cancellationToken).ConfigureAwait(false);
            return judged;
        }
    }

    private static async Task<IReadOnlyList<Backup>> JudgeAsync(AppRooms rooms, RemoveOptions options, CancellationToken cancellationToken)
    {
        var judged = await Expiry.JudgeAsync(rooms, cancellationToken).ConfigureAwait(false);
        if (options.BackupId is not { } id)
        {
            return rooms.Definition.Retention is null
                ? throw new AppException(ErrorIds.RetentionNotDeclared, $"The definition of {rooms.Definition.Name} declares no retention:, so no backup ever expires.", rooms.Definition.Path)
                : judged;
        }

        if (judged.FirstOrDefault(b => b.BackupId == id) is not { } named)
        {
            await ThrowUnlessDamagedAsync(rooms, id, cancellationToken).ConfigureAwait(false);
            return [];
        }

        return named.Retention!.Needed && !options.Force
            ? throw new AppException(ErrorIds.BackupNeeded, $"Backup {id} of {rooms.Definition.Name} is kept: {string.Join("; ", named.Retention.Reasons)}.", rooms.Definition.Name)
            : [named];
    }

    private static async Task ThrowUnlessDamagedAsync(AppRooms rooms, string backupId, CancellationToken cancellationToken)
    {
        try
        {
            await rooms.Backups.GetAsync(backupId, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.BackupDamaged)
        {
            // Nothing can be made of it any more, and somebody says that it is to go.
        }
    }
}
