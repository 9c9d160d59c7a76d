namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>Releases that are assets of a repository's releases on GitHub, or on a GitHub Enterprise Server.</summary>
internal sealed record GitHubDefinition : GitHubPlace
{
    /// <summary>A value of <see cref="Checksums"/>: the publisher gives none.</summary>
    public const string NoChecksums = "none";

    public override string Key => "releases.github";

    /// <summary>The asset's name with <c>{version}</c> (without a leading v) or <c>{tag}</c> in it.</summary>
    public required string Asset { get; init; }

    /// <summary>The name of the asset that holds the checksum, like <see cref="Asset"/>, also with <c>{asset}</c>; null to look for one under the usual names.</summary>
    public string? Checksums { get; init; }

    /// <summary>How many leading folders of the archive's names are left out.</summary>
    public int Strip { get; init; }

    /// <summary>What the program is called in the release folder, where the asset is the bare program; null for an archive.</summary>
    public string? As { get; init; }
}
