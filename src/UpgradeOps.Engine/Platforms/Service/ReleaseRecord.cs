namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>What was known about a release when its folder was made: a folder's name alone does not tell where it came from.</summary>
internal sealed record ReleaseRecord
{
    public int Format { get; init; } = 1;

    public required string Version { get; init; }

    public required string Tag { get; init; }

    public required string Source { get; init; }

    /// <summary>What the source knows it by: the digest of the folder's content, or of an archive, or a commit.</summary>
    public required string Digest { get; init; }

    /// <summary>The digest of the folder's content, where <see cref="Digest"/> is that of something else.</summary>
    public string? Content { get; init; }

    /// <summary>What the build that made it is recognised by; null where none did.</summary>
    public string? Build { get; init; }

    /// <summary>What was verified of what it was unpacked from, and by whose word; null for all else.</summary>
    public string? Verified { get; init; }

    public required DateTimeOffset StagedAt { get; init; }
}
