using UpgradeOps.Engine.Backups.Format;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>A store away from the machine. Backups are copied to it file by file, and back before anything is done with them.</summary>
internal interface IRemoteStore : IBackupStore, IAsyncDisposable
{
    /// <summary>
    /// Copies a backup from the working folder. What an interrupted copy sent before is not sent again, and the backup is listed here only
    /// when every file was verified. A repeated call with the same backup costs next to nothing.
    /// </summary>
    /// <param name="progress">Called with bytes that are there, also of an earlier try.</param>
    /// <exception cref="AppException">One of <c>UpgradeOps.Stores.*</c>, or <see cref="ErrorIds.BackupDamaged"/>: the local files changed.</exception>
    Task UploadAsync(BackupManifest manifest, FolderBackupStore from, Action<long> progress, CancellationToken cancellationToken);

    /// <summary>Clears away what an interrupted copy left; a backup that is whole here stays.</summary>
    Task ClearAsync(string backupId, CancellationToken cancellationToken);

    /// <summary>Reads one file of a backup as it is stored. Goes on by itself after a broken connection.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>: it is not there.</exception>
    Task<Stream> OpenAsync(BackupManifest manifest, BackupFile file, CancellationToken cancellationToken);
}
