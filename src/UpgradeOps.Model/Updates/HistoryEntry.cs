namespace UpgradeOps;

/// <summary>One operation of the past, or an attempt that was refused: who, from where, what, when, how long, and how it ended. The shape is described in docs/history.md.</summary>
public sealed record HistoryEntry
{
    public required string Name { get; init; }

    public required string OperationId { get; init; }

    public required OperationKind Kind { get; init; }

    /// <summary>Null while it runs or when its process died.</summary>
    public UpdateStatus? Status { get; init; }

    /// <summary>What was asked for, in a few words, of an attempt that was refused; null of an operation.</summary>
    public string? Asked { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public string? FromDigest { get; init; }

    public string? ToDigest { get; init; }

    /// <summary>The channel that was followed; null when a version was named.</summary>
    public string? Channel { get; init; }

    /// <summary>The operation that this one undid.</summary>
    public string? Undoes { get; init; }

    /// <summary>SHA-256 of the plan that ran.</summary>
    public string? PlanHash { get; init; }

    /// <summary>True when somebody said <c>-Force</c>, or yes to what only force allows.</summary>
    public bool Forced { get; init; }

    /// <summary>What was decided about the data when it went back; null when nothing had to be decided.</summary>
    public DataPolicy? Data { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it came to its end, or stopped for a person to choose; null while it runs or when its process died.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public double? DurationSeconds { get; init; }

    public double? OutageSeconds { get; init; }

    /// <summary><c>user@machine</c>.</summary>
    public required string By { get; init; }

    /// <summary>The rest of who and where; empty in journals that were written before it was noted.</summary>
    public Actor? Actor { get; init; }

    /// <summary>Who took it up again after it had stopped, in order.</summary>
    public IReadOnlyList<Continuation> Continued { get; init; } = [];

    public IReadOnlyList<string> BackupIds { get; init; } = [];

    /// <summary>How the backup was proved before anything was changed; null when it was not.</summary>
    public BackupProof? Proof { get; init; }

    public IReadOnlyList<string> Evidence { get; init; } = [];

    public string? ErrorId { get; init; }

    public string? Reason { get; init; }

    /// <summary>The command that goes on, where a person must act.</summary>
    public string? Next { get; init; }

    /// <summary>Data that was live and was put aside under another name.</summary>
    public IReadOnlyList<KeptData> KeptAside { get; init; } = [];

    /// <summary>Tables that had changed since the backup that was restored.</summary>
    public IReadOnlyList<TableChange> DataSince { get; init; } = [];
}

/// <summary>Who did something, and from where.</summary>
public sealed record Actor
{
    public required string User { get; init; }

    /// <summary>Who became that user with sudo; null when nobody did.</summary>
    public string? SudoUser { get; init; }

    public required string Machine { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Through what: <c>pwsh</c>, <c>runbook</c> or <c>console</c>; null for a program that uses the engine.</summary>
    public string? Face { get; init; }

    public override string ToString() => $"{SudoUser ?? User}@{Machine}";
}

/// <summary>One taking up of an operation that had stopped.</summary>
public sealed record Continuation
{
    public required DateTimeOffset At { get; init; }

    /// <summary><c>resume</c> or <c>undo</c>.</summary>
    public required string What { get; init; }

    public required Actor Actor { get; init; }

    public bool Forced { get; init; }
}
