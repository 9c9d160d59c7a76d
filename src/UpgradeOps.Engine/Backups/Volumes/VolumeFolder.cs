using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Backups.Volumes;

/// <summary>
/// The folder of a volume on this very machine, where the engine runs here and we may read it: several times quicker than through the
/// engine when there are many files. That a path of that name is here proves nothing; that it looks as it does to the engine does.
/// </summary>
internal static class VolumeFolder
{
    /// <param name="container">One that mounts the volume, whether or not it runs.</param>
    /// <param name="mountPath">Where it does.</param>
    /// <returns>Null when the volume can only be read through the engine.</returns>
    public static async Task<string?> FindAsync(DockerClient docker, string volume, string container, string mountPath, CancellationToken cancellationToken)
    {
        if (docker.Endpoint.IsElsewhere || !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return null;
        var details = await docker.InspectVolumeAsync(volume, cancellationToken).ConfigureAwait(false);
        // With options it may be something that is mounted only while a container runs.
        if (details is not { Driver: "local", Options: null or { Count: 0 } } || FolderEntry.Of(details.Mountpoint) is not { Kind: FolderEntryKind.Folder } before)
            return null;
        var there = await docker.StatPathAsync(container, mountPath, cancellationToken).ConfigureAwait(false);
        // Whoever works in it may change its time at any moment, but never back.
        return there?.ModifiedTime.UtcDateTime is { } seen && seen >= before.ModifiedUtc && seen <= FolderEntry.Of(details.Mountpoint)?.ModifiedUtc ? details.Mountpoint : null;
    }
}
