using System.Net;

namespace UpgradeOps.Engine.Health.Rounds;

/// <summary>Reads the addresses of instances: an IP address of its own, or a published <c>host:port</c>.</summary>
internal static class Endpoint
{
    /// <returns>The instance's own address; null when it has none.</returns>
    public static string? AddressOf(Instance instance) =>
        instance.Endpoints.FirstOrDefault(static e => !e.StartsWith('[') && IPAddress.TryParse(e, out _));

    public static bool Publishes(Instance instance, int port) =>
        instance.Endpoints.Any(e => e.EndsWith($":{port}", StringComparison.Ordinal) && (e.StartsWith('[') || !IPAddress.TryParse(e, out _)));
}
