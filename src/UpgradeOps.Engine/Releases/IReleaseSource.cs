namespace UpgradeOps.Engine.Releases;

/// <summary>Knows which versions of an application exist.</summary>
internal interface IReleaseSource
{
    /// <summary>Versions by SemVer, newest first; tags that are no version are left out.</summary>
    Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Looks only at where a version or channel points now, by the cheapest question there is. The version is the tag's; the digest is
    /// there where it costs nothing more. For status: where it is the running one there is nothing newer, else <see cref="ResolveAsync"/>.
    /// </summary>
    Task<Release> PeekAsync(string? version, string? channel, CancellationToken cancellationToken);

    /// <summary>Finds one release, pins it to its digest, and makes sure that it runs on this machine's platform.</summary>
    /// <param name="version">A version (with or without the leading v) or an exact tag; null to use the channel.</param>
    /// <param name="channel">
    /// A declared channel; counts when no version is given. Without one the definition's default counts, and without that the newest
    /// version that is no pre-release.
    /// </param>
    /// <exception cref="AppException">Not found, wrong architecture, registry trouble: each its own ErrorId.</exception>
    Task<Release> ResolveAsync(string? version, string? channel, CancellationToken cancellationToken);

    /// <summary>What lies between what runs and a release that was resolved, where the source knows.</summary>
    Task<ReleaseHistory> HistoryAsync(Deployment current, Release release, CancellationToken cancellationToken) => Task.FromResult(ReleaseHistory.None);
}
