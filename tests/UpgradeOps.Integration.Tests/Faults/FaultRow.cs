namespace UpgradeOps.Integration.Faults;

/// <summary>One fault and what is promised about it. The rows are the page docs/faults.md, and each is held by a test.</summary>
/// <param name="Key">Stable, for tests.</param>
/// <param name="Fault">What goes wrong.</param>
/// <param name="Happens">What UpgradeOps makes of it.</param>
/// <param name="Status">How the operation ends.</param>
internal sealed record FaultRow(string Key, string Group, string Fault, string Happens, UpdateStatus Status)
{
    /// <summary>Null when the result has no error.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What the result tells to do next, or the distinct part of it; null when nothing needs to be done.</summary>
    public string? Next { get; init; }

    /// <summary>True when the new version runs at the end.</summary>
    public bool New { get; init; }

    /// <summary>True when the version is remembered as bad.</summary>
    public bool Blamed { get; init; }

    public string Runs => New ? "new" : "old";
}
