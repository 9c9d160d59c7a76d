namespace UpgradeOps;

/// <summary>A release that failed here. It is refused until it is named with <c>-Force</c>, or a new digest stands behind its tag.</summary>
public sealed record KnownBadRelease
{
    /// <summary>The application's name.</summary>
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>What exactly failed; null where the source has no digests, and then the version counts.</summary>
    public string? Digest { get; init; }

    public required string ErrorId { get; init; }

    /// <summary>Why it failed.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The operation in which it failed; its evidence is in the history.</summary>
    public required string OperationId { get; init; }

    public override string ToString() => Version;
}
