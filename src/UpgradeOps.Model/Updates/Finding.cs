namespace UpgradeOps;

/// <summary>How much a finding weighs.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing.</summary>
    Information,

    /// <summary>The update may go on, but a person should have seen it.</summary>
    Warning,

    /// <summary>The update is refused until this is mended.</summary>
    Blocker,
}

/// <summary>Something found out before anything was changed.</summary>
public sealed record Finding
{
    /// <summary>The application's name; null inside a plan or a status, which carry it themselves.</summary>
    public string? Name { get; init; }

    public required FindingSeverity Severity { get; init; }

    /// <summary>From the error catalogue, such as <c>UpgradeOps.Preflight.DiskTooFull</c>.</summary>
    public required string ErrorId { get; init; }

    /// <summary>What it is about: an application, a file with its line, a service, an image.</summary>
    public required string Target { get; init; }

    public required string Message { get; init; }

    /// <summary>What to do next, where something can be done.</summary>
    public string? RecommendedAction { get; init; }
}
