using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Volumes;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>An SQLite database in a Docker volume, and where it is on this machine.</summary>
/// <param name="Volume">As the compose file names it, or the full name.</param>
/// <param name="File">Relative to the volume.</param>
internal sealed record SqliteInVolume(string Volume, string File)
{
    public const string Prefix = "sqlite-volume:";

    /// <summary>As it stands in manifests; a volume's name has no slash.</summary>
    public string Id => $"{Prefix}{Volume}/{File}";

    /// <returns>Null for another kind of source.</returns>
    public static SqliteInVolume? Of(string source) => source.StartsWith(Prefix, StringComparison.Ordinal) && source[Prefix.Length..].Split('/', 2) is [var volume, var file]
        ? new SqliteInVolume(volume, file)
        : null;

    /// <returns>The file's absolute path on this machine, whether or not it is there.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupFailed"/>: there is no such volume, or it cannot be reached from here.</exception>
    public async Task<string> LocateAsync(IVolumes volumes, CancellationToken cancellationToken)
    {
        var volume = await volumes.ResolveAsync(Volume, cancellationToken).ConfigureAwait(false);
        var folder = await volumes.FolderAsync(volume, cancellationToken).ConfigureAwait(false) ?? throw new AppException(
            ErrorIds.BackupFailed,
            $"The SQLite database {File} is in the volume {volume}, whose files cannot be reached from here: the engine is elsewhere, or UpgradeOps does not run as root.",
            Id,
            "Run UpgradeOps as root on the engine's machine, or declare 'quiesce: stop' and 'volume: " + Volume + "' instead: a stopped application's files are a consistent copy.");
        var path = Path.GetFullPath(File, folder);
        // What a container made must not lead to a file that is none of its own.
        for (var part = path; part.Length > folder.Length; part = Path.GetDirectoryName(part)!)
        {
            if (FolderEntry.Of(part)?.Kind == FolderEntryKind.Link)
                throw new AppException(ErrorIds.BackupFailed, $"{part} in the volume {volume} is a link; only the database file itself is worked on.", Id, "Name the file that the link points to.");
        }

        return path;
    }
}
