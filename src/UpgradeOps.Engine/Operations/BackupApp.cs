using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates;

namespace UpgradeOps.Engine.Operations;

/// <summary>Makes a backup of everything that the definition declares.</summary>
public sealed class BackupApp(EngineSession session)
{
    /// <param name="pinned">Retention never removes it.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupNothingDeclared"/>, or why it failed; nothing half is listed.</exception>
    public Task<Backup> RunAsync(string name, CancellationToken cancellationToken, bool pinned = false) =>
        session.UseAsync(name, rooms => MakeAsync(rooms, pinned, cancellationToken), cancellationToken);

    private static async Task<Backup> MakeAsync(AppRooms rooms, bool pinned, CancellationToken cancellationToken)
    {
        if (!rooms.Backups.Declared)
        {
            throw new AppException(ErrorIds.BackupNothingDeclared, $"The definition of {rooms.Definition.Name} declares no backups.", rooms.Definition.Path);
        }

        // An update in the middle of its switch would give a backup of neither version.
        var lease = await rooms.State.TakeLeaseAsync("backup", cancellationToken).ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            await HeldWriters.ReleaseLeftAsync(rooms, lease, cancellationToken).ConfigureAwait(false);
            var backup = await MakeLeasedAsync(rooms, lease, pinned, cancellationToken).ConfigureAwait(false);
            await Expiry.ApplyAsync(rooms, cancellationToken).ConfigureAwait(false);
            return backup;
        }
    }

    private static async Task<Backup> MakeLeasedAsync(AppRooms rooms, ILease lease, bool pinned, CancellationToken cancellationToken)
    {
        // Each starts programs elsewhere, and neither waits for the other.
        var (schema, deployment) = (rooms.Schema.ReadAsync(cancellationToken), rooms.Platform.InspectAsync(cancellationToken));
        await Task.WhenAll(schema, deployment).ConfigureAwait(false);
        var backup = await rooms.Backups.CreateAsync(
            new BackupRequest
            {
                BackupId = OperationId.New(rooms.Options.Time),
                Pinned = pinned,
                Deployment = await deployment.ConfigureAwait(false),
                SchemaFingerprint = (await schema.ConfigureAwait(false))?.Fingerprint,
                Hold = HeldWriters.Hold(rooms, lease),
                Progress = Telling.Progress(rooms),
            },
            cancellationToken).ConfigureAwait(false);
        return await CopyAwayAsync(rooms, backup, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Backup> CopyAwayAsync(AppRooms rooms, Backup backup, CancellationToken cancellationToken)
    {
        if (rooms.Backups.Copies == CopyTime.Never)
            return backup;
        try
        {
            Telling.Warn(rooms, await rooms.Backups.UploadAsync(backup.BackupId, others: true, Telling.Progress(rooms), cancellationToken).ConfigureAwait(false));
            return await rooms.Backups.GetAsync(backup.BackupId, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (rooms.Backups.Copies == CopyTime.First)
        {
            throw new AppException(
                e.ErrorId, $"Backup {backup.BackupId} is whole in {backup.Location}, but was not copied away. {e.Message}", e.Error.Target, e.Error.RecommendedAction, e);
        }
        catch (AppException e)
        {
            Telling.Warn(rooms, [Findings.Make(FindingSeverity.Warning, e.ErrorId, backup.BackupId, $"Backup {backup.BackupId} is on this machine only, and is copied with the next one: {e.Message}")]);
            return backup;
        }
    }
}
