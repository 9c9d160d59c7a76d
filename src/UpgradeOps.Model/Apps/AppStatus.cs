namespace UpgradeOps;

/// <summary>The answer to "what runs, and is there something newer?".</summary>
public sealed record AppStatus
{
    public required string Name { get; init; }

    /// <summary>The version that runs now; null when it cannot be told.</summary>
    public string? RunningVersion { get; init; }

    /// <summary>The newest version of the channel; null when the release source did not answer (see <see cref="Problems"/>).</summary>
    public string? LatestVersion { get; init; }

    public string? RunningDigest { get; init; }

    public string? LatestDigest { get; init; }

    public string? Channel { get; init; }

    public bool UpdateAvailable { get; init; }

    /// <summary>Commits between what runs and the newest version, newest first, at most 200, where releases come from git.</summary>
    public IReadOnlyList<ReleaseCommit> Commits { get; init; } = [];

    /// <summary>True when every health check passes; null when no check is declared.</summary>
    public bool? Healthy { get; init; }

    public IReadOnlyList<Instance> Instances { get; init; } = [];

    /// <summary>An operation that did not end: resume or undo it.</summary>
    public string? PendingOperation { get; init; }

    public string? LastBackupId { get; init; }

    /// <summary>Releases that failed here before and are refused unless forced by name.</summary>
    public IReadOnlyList<KnownBadRelease> KnownBad { get; init; } = [];

    /// <summary>What could not be found out, and why.</summary>
    public IReadOnlyList<Finding> Problems { get; init; } = [];
}
