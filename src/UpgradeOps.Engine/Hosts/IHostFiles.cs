namespace UpgradeOps.Engine.Hosts;

/// <summary>Files of a host. Paths are absolute.</summary>
internal interface IHostFiles
{
    /// <summary>Describes a file or folder; a link is described itself, never what it points to.</summary>
    /// <returns>Null when there is nothing.</returns>
    Task<HostFile?> StatAsync(string path, CancellationToken cancellationToken);

    /// <returns>The bytes; null when there is no such file.</returns>
    Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken);

    Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) => OpenReadAsync(path, 0, cancellationToken);

    /// <param name="from">The first byte that is wanted; behind the end there are none.</param>
    Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken);

    /// <summary>Creates a file for writing; fails when it exists.</summary>
    /// <param name="mode">Octal Unix mode; ignored on Windows.</param>
    Task<Stream> CreateAsync(string path, int mode, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a file at once: readers see the old or the new bytes, also after a power cut. Mode and owner of an
    /// existing file are kept; <paramref name="mode"/> counts for a new one.
    /// </summary>
    Task WriteAtomicAsync(string path, ReadOnlyMemory<byte> bytes, int mode, CancellationToken cancellationToken);

    /// <summary>Creates a folder and its parents; the ones it creates get <paramref name="mode"/>.</summary>
    Task CreateFolderAsync(string path, int mode, CancellationToken cancellationToken);

    /// <summary>Entries directly below a folder; empty when there is no such folder.</summary>
    Task<IReadOnlyList<HostFile>> ListAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Copies a folder with all in it to a place that does not exist yet: modes as they are, links as links; on disk when this
    /// returns, half there when it fails.
    /// </summary>
    Task CopyFolderAsync(string from, string to, CancellationToken cancellationToken);

    /// <summary>Renames a file, a link or a folder; fails when the new name exists. Both places must be on one disk.</summary>
    Task RenameAsync(string from, string to, CancellationToken cancellationToken);

    /// <summary>Deletes a file, a link or a folder with all in it; nothing happens when it is not there.</summary>
    Task DeleteAsync(string path, CancellationToken cancellationToken);

    /// <summary>Points a symbolic link elsewhere, at once; creates it when there is none. A junction on Windows, where for a moment there is none.</summary>
    /// <param name="target">A folder, absolute or relative to the link's own folder.</param>
    Task LinkAsync(string path, string target, CancellationToken cancellationToken);

    /// <summary>SHA-256, in lower case hexadecimal, of every file below a folder, by its path relative to it; links are left out.</summary>
    /// <returns>Null where that is no quicker than to read them.</returns>
    Task<IReadOnlyDictionary<string, string>?> HashAsync(string folder, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyDictionary<string, string>?>(null);

    /// <summary>Bytes that an ordinary user can still write on the disk that holds this path (or its nearest existing parent).</summary>
    Task<long> FreeSpaceAsync(string path, CancellationToken cancellationToken);
}

/// <param name="Path">Absolute.</param>
/// <param name="IsFolder">False for a link, wherever it points: who walks a tree by this never leaves it.</param>
/// <param name="Mode">Unix permission bits; 0 on Windows.</param>
/// <param name="LinkTarget">Where a symbolic link points; null for anything else.</param>
internal sealed record HostFile(string Path, bool IsFolder, long Size, DateTimeOffset ModifiedAt, int Mode, string? LinkTarget = null)
{
    public string Name => HostPath.Name(Path);
}
