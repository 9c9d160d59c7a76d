namespace UpgradeOps;

/// <summary>What the rules of retention say of a backup.</summary>
public sealed record BackupRetention
{
    /// <summary>True when nothing keeps it: <c>Remove-AppBackup -Expired</c> removes it.</summary>
    public bool Expired { get; init; }

    /// <summary>True when something relies on it: a person removes it with <c>-Force</c> only.</summary>
    public bool Needed { get; init; }

    /// <summary>Why it is kept, such as <c>newest of 2026-11-20</c>; of an expired one, what it is beyond.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
}
