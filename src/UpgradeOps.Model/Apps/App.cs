namespace UpgradeOps;

/// <summary>A registered application: its name and where its definition stands.</summary>
public sealed record App
{
    /// <summary>The name in the definition; lower case letters, digits and dashes, 1 to 63 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute path of the definition file.</summary>
    public required string Path { get; init; }

    /// <summary>Where it runs: <c>local</c> or <c>ssh://user@host:port</c>.</summary>
    public required string Host { get; init; }

    /// <summary>How it runs: <c>compose</c> or <c>service</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>The channel that updates follow by default; the definition's, unless a later choice is kept with the app's state.</summary>
    public string? Channel { get; init; }

    /// <summary>Every channel that the definition declares.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>How traffic moves at the switch: <c>recreate</c>.</summary>
    public string Strategy { get; init; } = "recreate";
}
