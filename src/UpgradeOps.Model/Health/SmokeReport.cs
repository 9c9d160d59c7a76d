namespace UpgradeOps;

/// <summary>What became of an application's smoke tests, run in their order up to the first that failed.</summary>
public sealed record SmokeReport
{
    public required string Name { get; init; }

    /// <summary>True when every test passed.</summary>
    public required bool Passed { get; init; }

    /// <summary>Those that ran.</summary>
    public IReadOnlyList<SmokeTestResult> Tests { get; init; } = [];

    /// <summary>Names of those that were not run, because one before them failed.</summary>
    public IReadOnlyList<string> NotRun { get; init; } = [];

    public required DateTimeOffset At { get; init; }

    /// <summary>Which test failed and why, in one sentence.</summary>
    public string? Reason { get; init; }
}

/// <summary>What one smoke test showed.</summary>
public sealed record SmokeTestResult
{
    /// <summary>The test's name.</summary>
    public required string Test { get; init; }

    /// <summary>What it did, as declared: <c>http POST http://127.0.0.1:8080/login</c>, <c>sql main</c>, <c>command ./check</c>.</summary>
    public required string Action { get; init; }

    public required bool Passed { get; init; }

    public double DurationMilliseconds { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Detail { get; init; }
}
