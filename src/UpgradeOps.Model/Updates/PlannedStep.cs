namespace UpgradeOps;

/// <summary>Where in the transaction a step stands. Steps run in this order, and are undone in the reverse.</summary>
public enum StepPhase
{
    Stage,
    Quiesce,
    BackUp,
    Prove,
    Drain,
    Switch,
    Migrate,
    Verify,
    Bake,
    Keep,
}

/// <summary>What going back over a step costs.</summary>
public enum Reversibility
{
    /// <summary>It changes nothing.</summary>
    ReadOnly,

    /// <summary>Undoing it restores what was, exactly.</summary>
    Reversible,

    /// <summary>It leaves something behind that harms nobody, such as a downloaded image.</summary>
    Additive,

    /// <summary>Only a backup brings back what was.</summary>
    NeedsBackup,

    /// <summary>It cannot be undone.</summary>
    Irreversible,
}

/// <summary>What is known about a step after a crash.</summary>
public enum Repeatability
{
    /// <summary>The real system shows whether it was done.</summary>
    Observable,

    /// <summary>Doing it twice is the same as doing it once.</summary>
    Idempotent,

    /// <summary>Neither: after a crash a person decides.</summary>
    Uncertain,
}

/// <summary>One step of a plan: plain data from which the step can be rebuilt in another process.</summary>
public sealed record PlannedStep
{
    /// <summary><c>part/kind#n</c>, unique in the plan, such as <c>main/compose.pull#1</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The part of the application it works on; <c>main</c> where there is only one.</summary>
    public string Part { get; init; } = "main";

    /// <summary>What does it, as <c>room.verb</c>, such as <c>compose.pull</c>. An unknown kind refuses to run.</summary>
    public required string Kind { get; init; }

    public required StepPhase Phase { get; init; }

    /// <summary>What it will do, for a person.</summary>
    public required string Description { get; init; }

    public Reversibility Reversibility { get; init; } = Reversibility.ReadOnly;

    public Repeatability Repeatable { get; init; } = Repeatability.Idempotent;

    /// <summary>True when it may be broken off at any moment and done again, such as a download or a wait.</summary>
    public bool Interruptible { get; init; }

    /// <summary>True from the step that stops the old version to the one that starts the new: users notice.</summary>
    public bool CausesOutage { get; init; }

    /// <summary>True for the step that stops the old version: writes end here.</summary>
    public bool StopsOld { get; init; }

    /// <summary>True for the step that starts the new version: before it, data can still be put back in peace.</summary>
    public bool StartsNew { get; init; }

    /// <summary>All that the step needs beside the definition. No secrets.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();
}
