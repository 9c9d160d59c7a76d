using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>Labels by which containers are found: Compose's own, and ours for holds.</summary>
internal static class ContainerLabels
{
    public const string Project = "com.docker.compose.project";
    public const string Service = "com.docker.compose.service";
    public const string OneOff = "com.docker.compose.oneoff";
    public const string ConfigHash = "com.docker.compose.config-hash";
    public const string Image = "com.docker.compose.image";

    /// <summary>The application for which a container holds an image against pruning.</summary>
    public const string HoldApp = "upgradeops.app";

    /// <summary>The image id that is held.</summary>
    public const string Hold = "upgradeops.hold";

    /// <summary>What an image was built of: the release's digest, version, tag and source.</summary>
    public const string BuiltDigest = "upgradeops.digest";
    public const string BuiltVersion = "upgradeops.version";
    public const string BuiltTag = "upgradeops.tag";
    public const string BuiltSource = "upgradeops.source";

    /// <summary>The commit, as other tools look for it.</summary>
    public const string ImageRevision = "org.opencontainers.image.revision";

    public const string ImageVersion = "org.opencontainers.image.version";

    public static string? Label(this ContainerDetails container, string name) => container.Config.Labels?.GetValueOrDefault(name);

    public static string ServiceName(this ContainerDetails container) => container.Label(Service) ?? "";
}
