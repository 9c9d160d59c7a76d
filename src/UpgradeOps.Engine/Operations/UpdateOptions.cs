namespace UpgradeOps.Engine.Operations;

/// <summary>What to update to.</summary>
public sealed record UpdateOptions
{
    /// <summary>A registered name, or the path of a definition.</summary>
    public required string Name { get; init; }

    /// <summary>A version or exact tag; null for the newest of the channel.</summary>
    public string? Version { get; init; }

    /// <summary>A declared channel; it is remembered. Null for the one that is followed.</summary>
    public string? Channel { get; init; }

    /// <summary>How far the backup is proved before anything is changed; null for what the definition says. A given <see cref="Plan"/> has it in its steps.</summary>
    public ProofLevel? ProveBackup { get; init; }

    /// <summary>Runs exactly this plan, or refuses when the world has moved since.</summary>
    public UpdatePlan? Plan { get; init; }

    /// <summary>Allows an older version, and one that failed here before when it is named.</summary>
    public bool Force { get; init; }
}

/// <summary>Which operation to go on with.</summary>
public sealed record ResumeOptions
{
    public required string Name { get; init; }

    /// <summary>Null for the newest.</summary>
    public string? OperationId { get; init; }

    /// <summary>Does a step again of which nobody can know whether it took effect.</summary>
    public bool Force { get; init; }
}

/// <summary>What to take back.</summary>
public sealed record UndoOptions
{
    public required string Name { get; init; }

    /// <summary>Null for the newest.</summary>
    public string? OperationId { get; init; }

    /// <summary>What becomes of the data when migrations were applied; null asks (refuses and says what would be lost).</summary>
    public DataPolicy? Data { get; init; }

    /// <summary>Says yes to putting the backup in the place of live data; without <see cref="Data"/> it means that choice.</summary>
    public bool Force { get; init; }
}

/// <summary>What to restore.</summary>
public sealed record RestoreOptions
{
    public required string Name { get; init; }

    /// <summary>Null for the newest; not with <see cref="Path"/>.</summary>
    public string? BackupId { get; init; }

    /// <summary>A dump that another tool made.</summary>
    public string? Path { get; init; }

    /// <summary>The declared database that <see cref="Path"/> goes into; needed when there are several.</summary>
    public string? Database { get; init; }

    /// <summary>Only this source, such as <c>database:main</c>, <c>volume:uploads</c>, <c>folder:data</c>; of <see cref="Path"/> where it goes.</summary>
    public string? Source { get; init; }

    /// <summary>Restores beside the live data, under the live names with this behind them, and touches nothing live; null to replace it.</summary>
    public string? As { get; init; }

    /// <summary>Says yes to losing what was written since the backup.</summary>
    public bool Force { get; init; }
}
