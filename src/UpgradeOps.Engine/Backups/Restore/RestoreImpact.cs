namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>What a restore would replace and lose.</summary>
/// <param name="Findings">For a person.</param>
/// <param name="Tables">Only those that differ from the backup.</param>
internal sealed record RestoreImpact(IReadOnlyList<Finding> Findings, IReadOnlyList<TableChange> Tables)
{
    public static readonly RestoreImpact None = new([], []);

    /// <summary>All that is said in one line.</summary>
    public string Text => string.Join(" ", Findings.Select(f => f.Message));
}
