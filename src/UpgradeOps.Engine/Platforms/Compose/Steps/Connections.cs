using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>
/// Compose connects a container to its networks one by one after the engine made it. A Compose that was killed leaves some out, and an
/// engine under load may finish the container late, where the next Compose takes it for its own: its configuration's hash is right.
/// </summary>
internal static class Connections
{
    /// <returns>The networks, of those that it must have, that a container is not connected to.</returns>
    public static IReadOnlyList<string> Missing(ContainerDetails container, IReadOnlyList<string> networks) =>
        [.. networks.Where(n => container.NetworkSettings.Networks?.ContainsKey(n) != true)];
}
