namespace UpgradeOps.KillHost.Matrix;

/// <summary>The update whose every boundary is tried.</summary>
/// <param name="Name">For tables and messages: <c>succeeds</c>, <c>fails and goes back</c>.</param>
/// <param name="Old">The version that runs before.</param>
/// <param name="New">The version that is updated to.</param>
/// <param name="Fails">True when the new version never works, so that the update takes itself back.</param>
internal sealed record KillScenario(string Name, string Old, string New, bool Fails)
{
    private static readonly string[] OnTheWayBack = ["evidence", "operation effect", "undoing", "undone", "remembering", "outcome"];

    /// <summary>
    /// The step of a failing update at which it begins to differ from a succeeding one: the new version's start. An update that is killed
    /// before it and then undone never learns that it would have failed, so those pairs are the succeeding one's and are not run again.
    /// Null: nothing is left out.
    /// </summary>
    public string? DiffersFrom { get; init; }

    /// <summary>Whether the pairs of this first kill are those of the succeeding update.</summary>
    public bool IsTheSame(string first, string verb) =>
        DiffersFrom is { } step && verb == "undo" && !OnTheWayBack.Append(step).Any(mark => first.Contains(mark, StringComparison.Ordinal));
}
