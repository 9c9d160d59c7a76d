using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>The step that tries an update on a copy.</summary>
internal sealed class RehearsalSteps(AppRooms live) : IStepSource
{
    public const string Run = "rehearsal.run";

    /// <summary>Input: the version, as it is asked for.</summary>
    public const string Version = "version";

    /// <summary>Output: a <see cref="Rehearsed"/> as JSON.</summary>
    public const string Outcome = "outcome";

    public string Prefix => "rehearsal";

    public IStep Create(PlannedStep planned) => planned.Kind == Run
        ? new RehearseStep(planned, live)
        : throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the unknown kind '{planned.Kind}'.", planned.Id);

    public static PlannedStep Plan(Release release) => new()
    {
        Id = "",
        Kind = Run,
        Phase = StepPhase.Verify,
        Description = $"Restore the backup beside the live data, start {release.Version} on it apart from the live application, and remove both again",
        Reversibility = Reversibility.Reversible,
        Repeatable = Repeatability.Idempotent,
        Interruptible = true,
        Inputs = new Dictionary<string, string> { [Version] = release.Tag },
    };
}

/// <summary>What was seen of the copy.</summary>
internal sealed record Rehearsed
{
    public required UpdateResult Result { get; init; }

    public required double LoadSeconds { get; init; }

    public IReadOnlyList<RehearsedTable> Changed { get; init; } = [];

    public int UnchangedTables { get; init; }

    /// <summary>Smoke tests that were not run.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];

    /// <summary>What the copy shares with the live application, and what of that is not rehearsed.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The live schema is another one than before the copy was started.</summary>
    public bool LiveMoved { get; init; }
}
