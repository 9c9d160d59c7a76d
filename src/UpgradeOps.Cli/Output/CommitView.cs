using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

/// <summary>The commits that an update brings; of many, the newest.</summary>
internal static class CommitView
{
    private const int Shown = 20;

    public static IRenderable Of(IReadOnlyList<ReleaseCommit> commits) => TableView.Of(
        commits.Take(Shown).ToList(),
        "No commits.",
        ("Commit", c => c.Id[..Math.Min(c.Id.Length, 12)]),
        ("Written", c => Units.Moment(c.At)),
        ("By", c => Units.Short(c.Author)),
        (commits.Count > Shown ? $"Brings ({Shown} of {commits.Count})" : "Brings", c => Units.Short(c.Subject)));
}
