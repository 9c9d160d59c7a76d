namespace UpgradeOps;

/// <summary>How an operation ended.</summary>
public enum UpdateStatus
{
    /// <summary>The new version runs and is verified.</summary>
    Kept,

    /// <summary>It failed, and everything is as it was before.</summary>
    Undone,

    /// <summary>It was stopped in the middle; <c>Resume-AppUpdate</c> or <c>Undo-AppUpdate</c> goes on.</summary>
    Interrupted,

    /// <summary>A person must choose; <see cref="UpdateResult.Next"/> says between what.</summary>
    NeedsAttention,

    /// <summary>The wanted version already runs.</summary>
    NothingToDo,

    /// <summary>Nothing was touched, because something stands against it.</summary>
    Refused,
}

/// <summary>What became of an operation.</summary>
public sealed record UpdateResult
{
    public required string Name { get; init; }

    /// <summary>Sorts by time; null when the operation never began.</summary>
    public string? OperationId { get; init; }

    public OperationKind Kind { get; init; } = OperationKind.Update;

    public required UpdateStatus Status { get; init; }

    /// <summary>The version before.</summary>
    public string? From { get; init; }

    /// <summary>The version that was wanted.</summary>
    public string? To { get; init; }

    public string? FromDigest { get; init; }

    public string? ToDigest { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public double DurationSeconds { get; init; }

    /// <summary>Seconds between stopping the old instance and the new one's first verified answer.</summary>
    public double? OutageSeconds { get; init; }

    /// <summary>True when this run continued an operation that another process began.</summary>
    public bool Resumed { get; init; }

    public IReadOnlyList<string> BackupIds { get; init; } = [];

    /// <summary>How the backup that was made first was proved, and what was seen; null when none was.</summary>
    public BackupProof? Proof { get; init; }

    /// <summary>What was decided about the data when it went back: kept as it was, or restored; null when nothing had to be decided.</summary>
    public DataPolicy? Data { get; init; }

    /// <summary>Data that was live and is kept under another name.</summary>
    public IReadOnlyList<KeptData> KeptAside { get; init; } = [];

    /// <summary>Files with what was captured before the rollback destroyed it.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    public IReadOnlyList<StepResult> Steps { get; init; } = [];

    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Why it did not end as wanted.</summary>
    public AppError? Error { get; init; }

    /// <summary>The exact command to go on with, if a person must act.</summary>
    public string? Next { get; init; }
}

/// <summary>What became of one step.</summary>
public enum StepOutcome
{
    /// <summary>Planned, not begun.</summary>
    Pending,

    /// <summary>Begun; whether it took effect is not known.</summary>
    Started,

    Done,

    /// <summary>Found already done when it was looked at.</summary>
    AlreadyDone,

    Failed,

    Undone,

    UndoFailed,
}

/// <summary>One step as it went.</summary>
public sealed record StepResult
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    public required string Description { get; init; }

    public required StepOutcome Outcome { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public double DurationSeconds { get; init; }

    public string? Detail { get; init; }
}
