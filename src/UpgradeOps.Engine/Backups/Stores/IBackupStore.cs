using UpgradeOps.Engine.Backups.Format;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>A place that keeps whole backups of one application. What is half written, or half removed, is not there for whoever asks.</summary>
internal interface IBackupStore
{
    /// <summary>What people call it: <c>local</c>, <c>s3</c>, <c>ssh</c>.</summary>
    string Name { get; }

    /// <summary>The folder or address that a backup has here, whether or not it is there.</summary>
    string LocationOf(string backupId);

    /// <summary>Ids of all whole backups, newest first; some of them may turn out to be damaged when they are read.</summary>
    /// <exception cref="AppException">The store does not answer.</exception>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    /// <exception cref="AppException"><see cref="ErrorIds.BackupNotFound"/>, <see cref="ErrorIds.BackupDamaged"/>.</exception>
    Task<BackupManifest> ReadAsync(string backupId, CancellationToken cancellationToken);

    /// <summary>Replaces the manifest of a backup that is here, at once: its proof is newer.</summary>
    Task WriteAsync(BackupManifest manifest, CancellationToken cancellationToken);

    /// <summary>Removes a backup: first it is no longer listed, then its bytes go. One that is not there is removed already.</summary>
    Task RemoveAsync(string backupId, CancellationToken cancellationToken);
}
