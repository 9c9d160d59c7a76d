using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates;

namespace UpgradeOps.Engine.Operations;

/// <summary>Makes a backup of everything that the definition declares.</summary>
public sealed class BackupApp(EngineSession session)
{
    /// <exception cref="AppException"><see cref="ErrorIds.BackupNothingDeclared"/>, or why it failed; nothing half is listed.</exception>
    public Task<Backup> RunAsync(string name, CancellationToken cancellationToken) =>
        session.UseAsync(name, rooms => MakeAsync(rooms, cancellationToken), cancellationToken);

    private static async Task<Backup> MakeAsync(AppRooms rooms, CancellationToken cancellationToken)
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
            return await MakeLeasedAsync(rooms, lease, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<Backup> MakeLeasedAsync(AppRooms rooms, ILease lease, CancellationToken cancellationToken)
    {
        // Each starts programs elsewhere, and neither waits for the other.
        var (schema, deployment) = (rooms.Schema.ReadAsync(cancellationToken), rooms.Platform.InspectAsync(cancellationToken));
        await Task.WhenAll(schema, deployment).ConfigureAwait(false);
        return await rooms.Backups.CreateAsync(
            new BackupRequest
            {
                BackupId = OperationId.New(rooms.Options.Time),
                Deployment = await deployment.ConfigureAwait(false),
                SchemaFingerprint = (await schema.ConfigureAwait(false))?.Fingerprint,
                Hold = HeldWriters.Hold(rooms, lease),
                Progress = (what, done, total) => rooms.Options.Progress.Report(
                    new ProgressEvent(ProgressKind.Working, null, what) { BytesDone = done, BytesTotal = total, At = rooms.Options.Time.GetUtcNow() }),
            },
            cancellationToken).ConfigureAwait(false);
    }
}
