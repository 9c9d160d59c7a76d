namespace UpgradeOps.Engine.Health.Rounds;

/// <summary>Every check once, between two looks at the instances.</summary>
internal sealed record HealthRound
{
    public required InstanceLook Look { get; init; }

    public IReadOnlyList<HealthCheckResult> Checks { get; init; } = [];

    /// <summary>When the answers were in.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Null when all is well.</summary>
    public HealthFailure? Failure { get; init; }
}
