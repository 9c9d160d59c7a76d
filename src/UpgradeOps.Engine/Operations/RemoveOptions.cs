namespace UpgradeOps.Engine.Operations;

/// <summary>Which backups are removed: exactly one of <see cref="BackupId"/> and <see cref="Expired"/> says so.</summary>
public sealed record RemoveOptions
{
    public required string Name { get; init; }

    public string? BackupId { get; init; }

    /// <summary>All that the declared retention keeps no longer.</summary>
    public bool Expired { get; init; }

    /// <summary>Also a backup that something relies on; counts for one that is named.</summary>
    public bool Force { get; init; }
}
