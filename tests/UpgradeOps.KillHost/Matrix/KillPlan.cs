namespace UpgradeOps.KillHost.Matrix;

/// <summary>How much of a matrix is run.</summary>
internal sealed record KillPlan
{
    /// <summary>Every pair when 1; with N, for each first kill every Nth second kill, the others' turn at the next first kill. 0: no second kills.</summary>
    public int SecondStride { get; init; } = 1;

    /// <summary>With N only every Nth first kill; the offset comes from the seed.</summary>
    public int FirstStride { get; init; } = 1;

    /// <summary>Only one group of first kills, those of one scenario and one verb, from 0; null for all. For a matrix that takes hours.</summary>
    public int? Group { get; init; }

    /// <summary>How many pairs are drawn by the seed, every pair with the same chance; for a platform on which not all can be run.</summary>
    public int Pairs { get; init; }

    /// <summary>How many more kills hit the middle of an effect, a random moment after a boundary.</summary>
    public int InTheMiddle { get; init; }

    /// <summary>How long after a boundary a kill in the middle comes at most.</summary>
    public TimeSpan MiddleWithin { get; init; } = TimeSpan.FromMilliseconds(60);

    public int Seed { get; init; } = 20260219;

    /// <summary>Each worker has a world of its own.</summary>
    public int Workers { get; init; } = 3;

    public override string ToString() =>
        $"seed {Seed}: {(Group is { } group ? $"group {group} alone, " : "")}{(FirstStride == 1 ? "every first kill" : $"every {FirstStride}th first kill")}, " +
        $"{(SecondStride switch { 0 => $"{Pairs} pairs drawn", 1 => "every pair", _ => $"every {SecondStride}th second kill" })}, {InTheMiddle} in the middle of an effect";
}
