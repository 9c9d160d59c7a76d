using UpgradeOps.Engine.Backups.Archives;

namespace UpgradeOps.Engine.Backups.Folders;

/// <summary>Folders of the application's host, as whole: packed, unpacked, renamed. Paths are absolute. A link to a folder counts as one.</summary>
internal interface IFolders
{
    Task<bool> ExistsAsync(string folder, CancellationToken cancellationToken);

    /// <summary>True when nothing of that name is there, no file either.</summary>
    Task<bool> IsFreeAsync(string path, CancellationToken cancellationToken);

    /// <summary>Bytes in it, about; null when there is no such folder.</summary>
    Task<long?> SizeAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Files that were written after a moment, at least so many; null when it cannot be told.</summary>
    Task<long?> CountNewerAsync(string folder, DateTimeOffset moment, TimeProvider time, CancellationToken cancellationToken);

    /// <summary>Writes its content as a tar stream whose names begin with <c>./</c>.</summary>
    /// <returns>What happened to it meanwhile, as far as that was seen.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupFailed"/>: something in it cannot be read.</exception>
    Task<ChangeNotes> PackAsync(string folder, Stream tar, CancellationToken cancellationToken);

    /// <summary>Unpacks an archive that nobody vouches for into a new folder.</summary>
    /// <param name="open">Opens the tar stream; it may be called twice.</param>
    /// <exception cref="InvalidDataException">The archive is damaged or holds something that is refused.</exception>
    Task UnpackAsync(string folder, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken);

    /// <exception cref="IOException">It cannot be renamed, or the new name is taken.</exception>
    Task RenameAsync(string from, string to, CancellationToken cancellationToken);

    /// <summary>Removes a folder with all in it; nothing happens when there is none.</summary>
    Task DeleteAsync(string folder, CancellationToken cancellationToken);
}
