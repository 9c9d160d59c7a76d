namespace UpgradeOps;

/// <summary>Data that was live and is kept under another name. Nothing removes it but a person.</summary>
public sealed record KeptData
{
    /// <summary><c>database</c>, <c>volume</c> or <c>folder</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name where it lives: of the database, the volume, or the absolute path of the folder.</summary>
    public required string Name { get; init; }

    /// <summary>A command that looks into it; null when the definition no longer tells how it is reached.</summary>
    public string? LookCommand { get; init; }

    /// <summary>A command that removes it for good.</summary>
    public string? RemoveCommand { get; init; }

    public override string ToString() => $"{Kind} {Name}";
}
