namespace UpgradeOps.TestKit;

/// <summary>What kind of installation a test wants.</summary>
public sealed record KmpStackOptions
{
    public static readonly KmpStackOptions Default = new();

    public DatabaseKind Database { get; init; } = DatabaseKind.None;

    /// <summary>The value of KMP_IMAGE_TAG: a version, or a channel's moving tag.</summary>
    public string Tag { get; init; } = "v1.0.0";

    /// <summary>Legal bytes that careless editors break: CRLF, comments, quotes, export. False writes plain lines.</summary>
    public bool OddEnvFile { get; init; } = true;

    /// <summary>Whether the application's service has a health check of its own in the compose file.</summary>
    public bool HealthCheck { get; init; } = true;

    public string RestartPolicy { get; init; } = "unless-stopped";

    public string DatabasePassword { get; init; } = "s3cr#t 'q\"ö";

    /// <summary>The engine that it runs on, as in <c>DOCKER_HOST</c>; null for the machine's.</summary>
    public string? DockerHost { get; init; }

    /// <summary>The subnet of its network; null for one that the engine chooses.</summary>
    public string? Subnet { get; init; }

    /// <summary>The time that an update watches the new version.</summary>
    public string Bake { get; init; } = "1s";

    /// <summary>How often the engine asks the database whether it is well; each time costs a process in its container.</summary>
    public string DatabaseInterval { get; init; } = "500ms";
}
