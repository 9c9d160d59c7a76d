namespace UpgradeOps;

/// <summary>One operation of the past: who, from where, what, when, how long, and how it ended.</summary>
public sealed record HistoryEntry
{
    public required string Name { get; init; }

    public required string OperationId { get; init; }

    public required OperationKind Kind { get; init; }

    /// <summary>Null while it runs or when its process died.</summary>
    public UpdateStatus? Status { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public double? DurationSeconds { get; init; }

    public double? OutageSeconds { get; init; }

    /// <summary><c>user@machine</c>.</summary>
    public required string By { get; init; }

    public IReadOnlyList<string> BackupIds { get; init; } = [];

    public IReadOnlyList<string> Evidence { get; init; } = [];

    public string? ErrorId { get; init; }

    public string? Reason { get; init; }

    /// <summary>Databases and folders that were put aside and still hold data.</summary>
    public IReadOnlyList<string> KeptAside { get; init; } = [];
}
