namespace UpgradeOps;

/// <summary>One line that an application wrote.</summary>
public sealed record LogLine
{
    public required string Name { get; init; }

    /// <summary>The instance that wrote it, by display name.</summary>
    public required string Instance { get; init; }

    public DateTimeOffset? At { get; init; }

    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public string Stream { get; init; } = "stdout";

    public required string Message { get; init; }
}
