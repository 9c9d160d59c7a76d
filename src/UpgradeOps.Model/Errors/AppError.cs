namespace UpgradeOps;

/// <summary>An error as data: it survives jobs, remoting and webhooks.</summary>
public sealed record AppError
{
    /// <summary>Stable, from the catalogue: <c>UpgradeOps.Room.Condition</c>.</summary>
    public required string ErrorId { get; init; }

    public required string Message { get; init; }

    /// <summary>What it is about: an application, a file with its line, an image.</summary>
    public string? Target { get; init; }

    /// <summary>What to do next, as an exact command where there is one.</summary>
    public string? RecommendedAction { get; init; }
}
