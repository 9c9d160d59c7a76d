using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Mounts;

/// <summary>The folder of the compose file, as what containers mount of it is looked for. No link in it is followed.</summary>
internal sealed class MountedFolder(ComposeProject project)
{
    private readonly string _directory = HostPath.Absolute(project.Compose.Directory, "/");

    public string Path(string relative) => HostPath.Join(_directory, relative);

    /// <returns>A path relative to the folder, a dot for itself; null when it leads out of it.</returns>
    public string? Relative(string path)
    {
        var relative = HostPath.Relative(_directory, HostPath.Absolute(path, _directory));
        return relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || HostPath.IsPosix(relative) ? null : relative;
    }

    /// <summary>What is mounted of the folder, without what lies below other such things.</summary>
    /// <param name="mounted">Absolute.</param>
    /// <returns>Relative.</returns>
    public IReadOnlyList<string> Places(IEnumerable<string> mounted)
    {
        var all = mounted.Select(Relative).OfType<string>().Where(p => !IsBelow(p, GitRepository.OwnFolder)).Distinct().Order(StringComparer.Ordinal).ToList();
        return [.. all.Where(p => !all.Exists(o => o != p && IsBelow(p, o)))];
    }

    /// <summary>Both relative; a path is below itself.</summary>
    public static bool IsBelow(string path, string place) => place == "." || path == place || path.StartsWith($"{place}/", StringComparison.Ordinal);

    /// <returns>The link or file, relative, that stands where a folder is to be on the way to a path; null when none does.</returns>
    public async Task<string?> ObstacleAsync(string relative, CancellationToken cancellationToken)
    {
        var parts = relative.Split('/');
        for (var count = 1; count < parts.Length; count++)
        {
            var way = string.Join('/', parts.Take(count));
            if (await project.Host.Files.StatAsync(Path(way), cancellationToken).ConfigureAwait(false) is not { } there)
                return null;
            if (!there.IsFolder)
                return way;
        }

        return null;
    }

    /// <returns>What stands at a path; null when nothing does, or its folder is not there.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.ConfigurationEdited"/>: it is no file, or is reached by a link.</exception>
    public async Task<(MountState State, byte[] Bytes)?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var relative = Relative(path) ?? throw new AppException(ErrorIds.PlanDamaged, $"{path} is not in {_directory}.", path);
        if (await ObstacleAsync(relative, cancellationToken).ConfigureAwait(false) is { } obstacle)
            throw new AppException(ErrorIds.ConfigurationEdited, $"{path} cannot be looked at: {Path(obstacle)} is a link or a file, and not a folder.", path);
        if (await project.Host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false) is not { } there)
            return null;
        if (there.IsFolder || there.LinkTarget is not null)
            throw new AppException(ErrorIds.ConfigurationEdited, $"{path} is a {(there.IsFolder ? "folder" : "link")} here, and not a file.", path);
        return await project.Host.Files.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } bytes
            ? (new MountState(ComposeFiles.Hash(bytes), there.Mode), bytes)
            : null;
    }
}
