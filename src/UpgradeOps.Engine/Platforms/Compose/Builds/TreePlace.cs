using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Compose.Builds;

/// <summary>Where a path of the folder stands in the repository: the folder is <see cref="ComposeBuildDefinition.In"/> there.</summary>
internal static class TreePlace
{
    /// <param name="path">Absolute.</param>
    /// <returns>Relative to the repository's root, a dot for the root itself; null when it leads out of it.</returns>
    public static string? Of(ComposeDefinition compose, string path)
    {
        var parts = new List<string>();
        var relative = HostPath.Relative(HostPath.Absolute(compose.Directory, "/"), HostPath.Absolute(path, compose.Directory));
        foreach (var part in $"{compose.Build!.In}/{relative}".Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != "."))
        {
            if (part != "..")
                parts.Add(part);
            else if (parts.Count == 0)
                return null;
            else
                parts.RemoveAt(parts.Count - 1);
        }

        return parts.Count == 0 ? "." : string.Join('/', parts);
    }
}
