namespace UpgradeOps.Engine.Platforms.Compose.Mounts;

/// <summary>A file of the folder that containers mount, and what becomes of it.</summary>
/// <param name="Path">Absolute, in the folder.</param>
/// <param name="Source">Its path in the repository; null where nothing is taken from there.</param>
/// <param name="Before">What stands there when the plan is made; null where nothing does.</param>
/// <param name="After">What stands there after the update; null where nothing does.</param>
/// <param name="Keeper">Going back: the operation that kept what it replaced; its content is taken from there.</param>
internal sealed record MountChange(string Path, string? Source, MountState? Before, MountState? After, string? Keeper = null);

/// <param name="Sha256">Of the content, in lower case hexadecimal.</param>
/// <param name="Mode">Unix permission bits.</param>
internal sealed record MountState(string Sha256, int Mode);

/// <summary>What an update does to the files that containers mount from the folder.</summary>
internal sealed record MountedChanges
{
    public static MountedChanges None { get; } = new();

    public IReadOnlyList<MountChange> Changes { get; init; } = [];

    /// <summary>Of what is mounted, files and folders that are there only after the changes; absolute.</summary>
    public IReadOnlySet<string> Missing { get; init; } = new HashSet<string>();

    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
