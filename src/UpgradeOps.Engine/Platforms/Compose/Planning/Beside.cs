using System.Text.RegularExpressions;
using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose.Planning;

/// <summary>Whether a service can have its new container made beside the old one.</summary>
internal static partial class Beside
{
    /// <returns>What stands against it, for a person; null when nothing does.</returns>
    public static string? Obstacle(ComposeSnapshot snapshot, string service)
    {
        if (snapshot.Model.Services.TryGetValue(service, out var declared) && declared.ContainerName is { } name)
            return $"its container has the fixed name {name}";
        if (declared is not null && snapshot.Target?.Mounts.Missing is { } missing && declared.Mounted.FirstOrDefault(missing.Contains) is { } file)
            return $"it mounts {file}, which is not there before the old one has stopped";
        var volumes = snapshot.Containers
            .Where(c => c.ServiceName() == service)
            .SelectMany(c => c.Mounts ?? [])
            .Where(IsAnonymous)
            .Select(m => m.Destination)
            .Distinct()
            .ToList();
        return volumes.Count == 0 ? null : $"its container has anonymous volumes at {string.Join(", ", volumes)}, which the new one must inherit";
    }

    private static bool IsAnonymous(ContainerMount mount) => mount.Type == "volume" && mount.Name is { } name && AnonymousName().IsMatch(name);

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex AnonymousName();
}
