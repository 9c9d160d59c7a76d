namespace UpgradeOps;

/// <summary>One running copy of an application, as its platform identifies it.</summary>
public sealed record Instance
{
    /// <summary>The platform's own identity: a container id, a process id with its start time (<c>pid:ticks</c>; on Windows in 100 ns since 1601), or what systemd knows a start by.</summary>
    public required string Id { get; init; }

    /// <summary>A name for people, such as <c>kmp-app-1</c>.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The part of the application it belongs to, such as a Compose service.</summary>
    public string? Service { get; init; }

    /// <summary><c>running</c>, <c>exited</c>, <c>created</c>, <c>starting</c>, <c>stopping</c>, <c>restarting</c>, <c>paused</c> or <c>dead</c>.</summary>
    public required string State { get; init; }

    /// <summary>The platform's own health verdict (<c>healthy</c>, <c>unhealthy</c>, <c>starting</c>); null where it has none.</summary>
    public string? Health { get; init; }

    /// <summary>When this copy was started, by the clock of the host it runs on; compare it for equality only.</summary>
    public string? StartedAt { get; init; }

    /// <summary>How often the platform restarted it by itself.</summary>
    public int RestartCount { get; init; }

    /// <summary>Exit code where it has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The immutable identity of the code it runs: an image id, or the release folder.</summary>
    public string? Artifact { get; init; }

    /// <summary>Addresses by which it, and nothing else, answers: <c>ip</c> of a container, published <c>host:port</c> pairs.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>True when it serves now.</summary>
    public bool IsRunning => State == "running";
}
