namespace UpgradeOps.Engine.Docker;

internal sealed record ContainerSummary
{
    public required string Id { get; init; }

    /// <summary>Each with a leading slash.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The reference that it was created with; an id once the tag has moved on.</summary>
    public string Image { get; init; } = "";

    public string ImageID { get; init; } = "";

    public Dictionary<string, string> Labels { get; init; } = [];

    /// <summary><c>created</c>, <c>running</c>, <c>exited</c> …</summary>
    public string State { get; init; } = "";
}

internal sealed record ContainerDetails
{
    public required string Id { get; init; }

    /// <summary>With a leading slash.</summary>
    public string Name { get; init; } = "";

    public string Created { get; init; } = "";

    /// <summary>The image's id.</summary>
    public string Image { get; init; } = "";

    public int RestartCount { get; init; }

    public ContainerState State { get; init; } = new();

    public ContainerConfig Config { get; init; } = new();

    public ContainerHostConfig HostConfig { get; init; } = new();

    public IReadOnlyList<ContainerMount>? Mounts { get; init; }

    public ContainerNetworkSettings NetworkSettings { get; init; } = new();

    /// <summary>The name without its slash.</summary>
    public string DisplayName => Name.TrimStart('/');
}

internal sealed record ContainerState
{
    public string Status { get; init; } = "";

    public bool Running { get; init; }

    /// <summary>True of one that runs, but stands still.</summary>
    public bool Paused { get; init; }

    public bool OOMKilled { get; init; }

    public int ExitCode { get; init; }

    public string Error { get; init; } = "";

    /// <summary>As the engine writes it; year 1 while never started.</summary>
    public string StartedAt { get; init; } = "";

    public ContainerHealth? Health { get; init; }
}

internal sealed record ContainerHealth(string Status);

internal sealed record ContainerConfig
{
    public string Image { get; init; } = "";

    public bool Tty { get; init; }

    public Dictionary<string, string>? Labels { get; init; }

    public IReadOnlyList<string>? Env { get; init; }
}

internal sealed record ContainerHostConfig
{
    public string NetworkMode { get; init; } = "";

    public RestartPolicy? RestartPolicy { get; init; }
}

/// <param name="Name"><c>no</c> (or empty), <c>always</c>, <c>unless-stopped</c> or <c>on-failure</c>.</param>
/// <param name="MaximumRetryCount">Counts for <c>on-failure</c> only.</param>
internal sealed record RestartPolicy(string Name, int MaximumRetryCount = 0)
{
    public static readonly RestartPolicy None = new("no");

    public bool Restarts => Name is not ("" or "no");
}

internal sealed record ContainerUpdate(RestartPolicy RestartPolicy);

/// <param name="Type"><c>volume</c>, <c>bind</c> or <c>tmpfs</c>.</param>
/// <param name="Name">The volume's name; 64 hexadecimal digits for an anonymous one.</param>
/// <param name="Source">Path on the engine's machine.</param>
/// <param name="Destination">Path in the container.</param>
internal sealed record ContainerMount(string Type, string? Name, string? Source, string Destination, bool RW);

internal sealed record ContainerNetworkSettings
{
    /// <summary>By container port such as <c>80/tcp</c>; null where it is not published.</summary>
    public Dictionary<string, List<PortBinding>?>? Ports { get; init; }

    public Dictionary<string, NetworkEndpoint>? Networks { get; init; }
}

internal sealed record PortBinding(string HostIp, string HostPort);

internal sealed record NetworkEndpoint(string? IPAddress, string? GlobalIPv6Address);

/// <summary>A container to be made.</summary>
internal sealed record ContainerSpec
{
    /// <summary>A reference or an image id.</summary>
    public required string Image { get; init; }

    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary>Each <c>NAME=value</c>.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    public string? User { get; init; }

    public string? WorkingDir { get; init; }

    public Dictionary<string, string>? Labels { get; init; }

    public ContainerHostSpec? HostConfig { get; init; }
}

internal sealed record ContainerHostSpec
{
    public IReadOnlyList<MountSpec>? Mounts { get; init; }

    /// <summary><c>none</c>, <c>host</c>, <c>bridge</c>, a network's name or <c>container:id</c>.</summary>
    public string? NetworkMode { get; init; }

    public bool? AutoRemove { get; init; }
}

/// <param name="Type"><c>volume</c> or <c>bind</c>.</param>
internal sealed record MountSpec(string Type, string Source, string Target, bool ReadOnly);

internal sealed record ContainerWait(int StatusCode);

internal sealed record CreatedId(string Id);
