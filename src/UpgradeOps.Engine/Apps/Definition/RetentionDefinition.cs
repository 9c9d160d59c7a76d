namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>How many backups are kept. A day, week or month counts when there is a backup of it, and its newest one is kept.</summary>
internal sealed record RetentionDefinition
{
    /// <summary>The newest ones, whatever their age.</summary>
    public int Last { get; init; }

    public int Daily { get; init; }

    public int Weekly { get; init; }

    public int Monthly { get; init; }

    public override string ToString() => string.Join(
        ", ",
        new[] { ("last", Last), ("daily", Daily), ("weekly", Weekly), ("monthly", Monthly) }.Where(r => r.Item2 > 0).Select(r => $"{r.Item1}: {r.Item2}"));
}
