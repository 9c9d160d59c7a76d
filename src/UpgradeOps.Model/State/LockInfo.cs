namespace UpgradeOps;

/// <summary>Who works on an application now.</summary>
public sealed record LockInfo
{
    public required string Name { get; init; }

    /// <summary>Grows by one with every taking; a writer with an older number is refused.</summary>
    public required long Fence { get; init; }

    public required string Machine { get; init; }

    public required string User { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>What it is held for.</summary>
    public required string Purpose { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>True when the owner's process lives on this machine, false when it is gone, null when it runs elsewhere.</summary>
    public bool? OwnerAlive { get; init; }
}
