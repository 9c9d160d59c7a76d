namespace UpgradeOps;

/// <summary>One commit that a release adds to what runs.</summary>
public sealed record ReleaseCommit
{
    /// <summary>The commit's whole id.</summary>
    public required string Id { get; init; }

    /// <summary>The author's name.</summary>
    public required string Author { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The first line of its message.</summary>
    public required string Subject { get; init; }

    public override string ToString() => $"{Id[..Math.Min(Id.Length, 12)]} {Subject}";
}
