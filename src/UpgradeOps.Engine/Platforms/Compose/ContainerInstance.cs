using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>A container as users see it.</summary>
internal static class ContainerInstance
{
    public static Instance Of(ContainerDetails container) => new()
    {
        Id = container.Id,
        DisplayName = container.DisplayName,
        Service = container.ServiceName(),
        State = container.State.Status,
        Health = container.State.Health is { Status: { Length: > 0 } status } && status != "none" ? status : null,
        StartedAt = container.State.StartedAt.StartsWith("0001", StringComparison.Ordinal) ? null : container.State.StartedAt,
        RestartCount = container.RestartCount,
        ExitCode = container.State.Status is "exited" or "dead" or "restarting" ? container.State.ExitCode : null,
        Artifact = container.Image,
        Endpoints = [.. Addresses(container), .. Published(container)],
    };

    private static IEnumerable<string> Addresses(ContainerDetails container) =>
        (container.NetworkSettings.Networks?.Values ?? Enumerable.Empty<NetworkEndpoint>())
            .SelectMany(n => new[] { n.IPAddress, n.GlobalIPv6Address })
            .Where(a => !string.IsNullOrEmpty(a))
            .Select(a => a!)
            .Distinct();

    private static IEnumerable<string> Published(ContainerDetails container) =>
        (container.NetworkSettings.Ports?.Values ?? Enumerable.Empty<List<PortBinding>?>())
            .SelectMany(b => b ?? [])
            .Select(b => b.HostIp.Contains(':', StringComparison.Ordinal) ? $"[{b.HostIp}]:{b.HostPort}" : $"{b.HostIp}:{b.HostPort}")
            .Distinct();
}
