namespace UpgradeOps.Engine.Releases;

/// <summary>What a source knows about the way from what runs to a release.</summary>
/// <param name="Commits">Newest first; empty where the source has none.</param>
/// <param name="Findings">What speaks against that way.</param>
internal sealed record ReleaseHistory(IReadOnlyList<ReleaseCommit> Commits, IReadOnlyList<Finding> Findings)
{
    public static readonly ReleaseHistory None = new([], []);
}
