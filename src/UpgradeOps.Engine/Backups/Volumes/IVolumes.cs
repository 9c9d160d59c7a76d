using UpgradeOps.Engine.Backups.Archives;

namespace UpgradeOps.Engine.Backups.Volumes;

/// <summary>Volumes that belong to a container engine: their content as a tar stream in and out, nothing else is known of them.</summary>
internal interface IVolumes
{
    /// <summary>The full name of a volume that is declared as the compose file names it, or by its full name.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupFailed"/>: there is no such volume.</exception>
    Task<string> ResolveAsync(string declared, CancellationToken cancellationToken);

    Task<bool> ExistsAsync(string volume, CancellationToken cancellationToken);

    /// <summary>True when a running container may write to it.</summary>
    Task<bool> IsWrittenToAsync(string volume, CancellationToken cancellationToken);

    /// <summary>Bytes in it, as far as it can be told cheaply.</summary>
    Task<long?> SizeAsync(string volume, CancellationToken cancellationToken);

    /// <summary>Its folder on this very machine; null when it can only be reached through the engine.</summary>
    Task<string?> FolderAsync(string volume, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>Makes an empty volume; one that exists stays as it is.</summary>
    Task CreateAsync(string volume, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>Removes a volume that nobody uses; nothing happens when there is none.</summary>
    Task RemoveAsync(string volume, CancellationToken cancellationToken);

    /// <summary>The name of the folder below which <see cref="ReadAsync"/> writes.</summary>
    string Root { get; }

    /// <summary>Writes its content below one folder, which stands for the volume's root and always has the same name.</summary>
    /// <returns>What happened to it meanwhile, as far as that was seen.</returns>
    Task<ChangeNotes> ReadAsync(string volume, Stream tar, CancellationToken cancellationToken);

    /// <summary>Unpacks what <see cref="ReadAsync"/> wrote, of this volume or another, over what is there.</summary>
    Task WriteAsync(string volume, Stream tar, CancellationToken cancellationToken);

    /// <summary>Removes everything in it.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.RestoreFailed"/>: something is left.</exception>
    Task EmptyAsync(string volume, CancellationToken cancellationToken);
}
