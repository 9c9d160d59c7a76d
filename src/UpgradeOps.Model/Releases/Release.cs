namespace UpgradeOps;

/// <summary>A version that exists and can be installed.</summary>
public sealed record Release
{
    /// <summary>The application's name.</summary>
    public required string Name { get; init; }

    /// <summary>The version, such as <c>v1.2.3</c>; for a moving tag that carries none, the tag.</summary>
    public required string Version { get; init; }

    /// <summary>
    /// The tag (or folder name) by which the source knows it; may move when it is a channel's. Of a branch, its name and the commit's first
    /// twelve digits (<c>main-1a2b3c4d5e6f</c>).
    /// </summary>
    public required string Tag { get; init; }

    /// <summary>The channel it was resolved through; null when it was named.</summary>
    public string? Channel { get; init; }

    /// <summary>Where it comes from: an image repository without tag, a folder, a git repository, or one on GitHub (<c>github.com/owner/name</c>).</summary>
    public required string Source { get; init; }

    /// <summary>
    /// The digest (<c>sha256:…</c>) by which it is fetched: of an image's index where it has one, else of its manifest, as an engine
    /// shows it afterwards; of a folder over all that is in it; of a git repository the commit (<c>sha1:…</c>); of an asset on GitHub the asset's own (<c>sha256:…</c> or <c>sha512:…</c>), or what
    /// identifies the asset there (<c>asset:…</c>) where nobody gives one. Null while it was only listed.
    /// </summary>
    public string? Digest { get; init; }

    /// <summary>Bytes to transfer, where the source tells.</summary>
    public long? SizeBytes { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Whether its publisher calls it a pre-release, whatever its version says; null where the source does not tell.</summary>
    public bool? IsPrerelease { get; init; }

    /// <summary>Where a person reads about this release; null where the source has no such page.</summary>
    public string? Page { get; init; }

    /// <summary>When and why it failed here, and is therefore refused unless forced by name; null when it did not.</summary>
    public string? KnownBad { get; init; }

    /// <summary>Who took it back here, and when, after it had been kept; it is not refused for that. Null when nobody did.</summary>
    public string? TakenBack { get; init; }

    /// <summary>Release notes, or the address where a person reads them; null where neither is known.</summary>
    public string? Notes { get; init; }
}
