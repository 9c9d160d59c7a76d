namespace UpgradeOps.Engine.Platforms.Compose.Builds;

/// <summary>A compose file of the folder, and what a commit makes of it.</summary>
/// <param name="Path">Absolute, in the folder.</param>
/// <param name="Source">Its path in the repository; null when the commit has nothing to say about it.</param>
/// <param name="Taken">True when the commit's content takes the place of what stands in the folder.</param>
/// <param name="Sha256">Of what counts after the update, in lower case hexadecimal.</param>
internal sealed record CommitFile(string Path, string? Source, bool Taken, string Sha256);
