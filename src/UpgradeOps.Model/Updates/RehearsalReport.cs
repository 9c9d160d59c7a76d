namespace UpgradeOps;

/// <summary>What became of an update that was rehearsed beside the live application, on a restored copy of its data.</summary>
public sealed record RehearsalReport
{
    public required string Name { get; init; }

    /// <summary>The version that is installed.</summary>
    public string? From { get; init; }

    /// <summary>The version that was rehearsed.</summary>
    public string? To { get; init; }

    /// <summary>True when the version came up on the copy, answered healthy, passed its tests, and nothing stands against the real update.</summary>
    public required bool Passed { get; init; }

    /// <summary>What would fail, in one sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>The error with which the rehearsed version failed.</summary>
    public AppError? Error { get; init; }

    /// <summary>Seconds without service that the real update would take, as far as its steps were rehearsed: stopping the version that runs is not.</summary>
    public double? EstimatedOutageSeconds { get; init; }

    /// <summary>Seconds that the real update would take in all.</summary>
    public double? EstimatedSeconds { get; init; }

    /// <summary>Every step that was rehearsed, with its time: the backup and its proof on the live data, the others on the copy.</summary>
    public IReadOnlyList<StepResult> Steps { get; init; } = [];

    /// <summary>Tables whose number of rows the new version changed.</summary>
    public IReadOnlyList<RehearsedTable> Changed { get; init; } = [];

    /// <summary>How many tables have as many rows as before.</summary>
    public int UnchangedTables { get; init; }

    /// <summary>What stands against the real update, and what could not be rehearsed.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The backup that was made and restored for it; it is kept like any other.</summary>
    public string? BackupId { get; init; }

    public string? OperationId { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>A table that has another number of rows after the new version was started on the copy.</summary>
public sealed record RehearsedTable
{
    /// <summary>The name under <c>databases:</c>.</summary>
    public required string Database { get; init; }

    public required string Table { get; init; }

    /// <summary>Null for a table that was not there.</summary>
    public long? Before { get; init; }

    /// <summary>Null for a table that is gone.</summary>
    public long? After { get; init; }

    public override string ToString() => $"{Table}: {Before?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"} -> {After?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "gone"}";
}
