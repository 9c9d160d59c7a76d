namespace UpgradeOps;

/// <summary>The result of asking an application how it is.</summary>
public sealed record HealthReport
{
    public required string Name { get; init; }

    /// <summary>True when every check passed and at least one was declared.</summary>
    public required bool Healthy { get; init; }

    /// <summary>The version that the application itself reports; null when no check tells.</summary>
    public string? RunningVersion { get; init; }

    public IReadOnlyList<HealthCheckResult> Checks { get; init; } = [];

    public required DateTimeOffset At { get; init; }

    /// <summary>Why it is not healthy, in one sentence.</summary>
    public string? Reason { get; init; }
}

/// <summary>What one check answered.</summary>
public sealed record HealthCheckResult
{
    /// <summary>The check as declared, such as <c>http http://127.0.0.1:8080/health</c>.</summary>
    public required string Check { get; init; }

    public required bool Passed { get; init; }

    public int? StatusCode { get; init; }

    public string? Version { get; init; }

    /// <summary>How long the answer took, in milliseconds.</summary>
    public double LatencyMilliseconds { get; init; }

    /// <summary>The instance that answered, where that is certain.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Why it failed, or the beginning of the answer.</summary>
    public string? Detail { get; init; }
}
