namespace UpgradeOps.Engine.Releases;

/// <summary>Knows which versions of an application exist.</summary>
internal interface IReleaseSource
{
    /// <summary>Versions by SemVer, newest first; tags that are no version are left out.</summary>
    Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Finds one release and pins it to its digest.</summary>
    /// <param name="version">A version (with or without the leading v) or an exact tag; null to use the channel.</param>
    /// <param name="channel">A declared channel; counts when no version is given.</param>
    /// <exception cref="AppException">Not found, wrong architecture, registry trouble: each its own ErrorId.</exception>
    Task<Release> ResolveAsync(string? version, string? channel, CancellationToken cancellationToken);
}
