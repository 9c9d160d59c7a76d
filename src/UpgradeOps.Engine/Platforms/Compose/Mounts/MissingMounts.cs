namespace UpgradeOps.Engine.Platforms.Compose.Mounts;

/// <summary>What is to be mounted and is not there before the changes: the engine makes no container for it, or a folder in its place.</summary>
internal static class MissingMounts
{
    /// <param name="mounted">Absolute.</param>
    public static async Task<IReadOnlySet<string>> FindAsync(ComposeProject project, IEnumerable<string> mounted, IReadOnlyList<MountChange> changes, CancellationToken cancellationToken)
    {
        var missing = new HashSet<string>();
        foreach (var path in mounted.Where(m => changes.Any(c => c.Before is null && MountedFolder.IsBelow(c.Path, m))))
        {
            if (await project.Host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false) is null)
                missing.Add(path);
        }

        return missing;
    }
}
