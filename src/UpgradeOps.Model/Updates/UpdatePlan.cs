namespace UpgradeOps;

/// <summary>What kind of operation a plan describes.</summary>
public enum OperationKind
{
    Update,
    Undo,
    Restore,

    /// <summary>An update is tried on a copy, beside the live application.</summary>
    Rehearsal,

    /// <summary>Pending migrations are applied to the database of the version that is installed.</summary>
    Migration,

    /// <summary>A migration of the database is taken back.</summary>
    MigrationUndo,
}

/// <summary>What happens to data when an update fails after migrations ran.</summary>
public enum DataPolicy
{
    /// <summary>The data stays as the new version left it.</summary>
    Keep,

    /// <summary>The backup is restored; writes are stopped from the backup on, so that none is lost.</summary>
    Restore,

    /// <summary>If migrations were applied, nothing is done and a person chooses; otherwise the data stays.</summary>
    Stop,
}

/// <summary>One end of an update: what ran, or what will run.</summary>
public sealed record PlanEndpoint
{
    public string? Version { get; init; }

    public string? Tag { get; init; }

    public string? Source { get; init; }

    public string? Digest { get; init; }

    /// <summary>Image id or release folder; null for a target that is not here yet.</summary>
    public string? Artifact { get; init; }

    public string? Channel { get; init; }

    /// <summary>SHA-256 by path of the files that decide what runs.</summary>
    public IReadOnlyDictionary<string, string> ConfigHashes { get; init; } = new Dictionary<string, string>();

    /// <summary>Identity of the database schema (applied migrations, or a hash of the catalogue); null when no database is declared.</summary>
    public string? SchemaFingerprint { get; init; }
}

/// <summary>
/// An update as data: exactly what will be done, before it is done. <see cref="Hash"/> covers everything but
/// <see cref="CreatedAt"/>, <see cref="Commits"/>, <see cref="Findings"/>, <see cref="DataSince"/> and itself.
/// </summary>
public sealed record UpdatePlan
{
    public string Schema { get; init; } = "upgradeops/plan/v1";

    public required string Name { get; init; }

    public OperationKind Kind { get; init; } = OperationKind.Update;

    public required PlanEndpoint From { get; init; }

    public required PlanEndpoint To { get; init; }

    public IReadOnlyList<PlannedStep> Steps { get; init; } = [];

    /// <summary>Seconds without service to be expected, from this application's history; null when there is none.</summary>
    public double? ExpectedOutageSeconds { get; init; }

    public DataPolicy OnFailureData { get; init; } = DataPolicy.Stop;

    /// <summary>The operation that this one undoes.</summary>
    public string? Undoes { get; init; }

    /// <summary>Release notes between the two versions, where the source has them.</summary>
    public string? Changes { get; init; }

    /// <summary>Commits that the release adds to what runs, newest first, at most 200, where releases come from git; not part of the hash.</summary>
    public IReadOnlyList<ReleaseCommit> Commits { get; init; } = [];

    /// <summary>What preflight found; not part of the hash.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Tables that changed since the backup that it restores, or would; not part of the hash.</summary>
    public IReadOnlyList<TableChange> DataSince { get; init; } = [];

    /// <summary>When it was made (UTC); not part of the hash.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>SHA-256, in lower case hexadecimal, of the canonical JSON.</summary>
    public string Hash { get; init; } = "";

    /// <summary>True when there is nothing to change.</summary>
    public bool IsEmpty => Steps.Count == 0;
}
