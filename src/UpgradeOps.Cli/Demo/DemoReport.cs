namespace UpgradeOps.Cli.Demo;

/// <summary>What the demo ends with under <c>--json</c>.</summary>
internal sealed record DemoReport
{
    /// <summary>True when every claim holds.</summary>
    public required bool Passed { get; init; }

    public required IReadOnlyList<UpdateResult> Updates { get; init; }

    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>Notes that the application said were on disk.</summary>
    public required int AcknowledgedNotes { get; init; }

    /// <summary>Notes that got no answer, while nothing served.</summary>
    public required int UnansweredNotes { get; init; }
}

/// <summary>Something that the demo says, and whether looking showed it to be so.</summary>
/// <param name="Seen">What was seen, where that is not plain from the claim.</param>
internal sealed record Claim(string Text, bool Holds, string? Seen);
