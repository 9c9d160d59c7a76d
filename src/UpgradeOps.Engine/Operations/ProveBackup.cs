namespace UpgradeOps.Engine.Operations;

/// <summary>Proves that a backup can be restored, as far as asked.</summary>
public sealed class ProveBackup(EngineSession session)
{
    /// <exception cref="AppException"><see cref="ErrorIds.BackupNotFound"/>, or <see cref="ErrorIds.BackupDamaged"/> with the file.</exception>
    public Task<Backup> RunAsync(string name, string backupId, ProofLevel level, CancellationToken cancellationToken) =>
        session.UseAsync(name, rooms => rooms.Backups.ProveAsync(backupId, level, cancellationToken, Telling.Progress(rooms)), cancellationToken);
}
