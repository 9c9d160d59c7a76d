namespace UpgradeOps;

/// <summary>
/// What runs now, as the platform tells it. An update records this before it changes anything, and goes back to exactly this.
/// </summary>
public sealed record Deployment
{
    /// <summary>The application's name.</summary>
    public required string Name { get; init; }

    /// <summary>The running version: from the image's label or tag, or the release folder; null when nothing tells.</summary>
    public string? Version { get; init; }

    /// <summary>What the configuration asks for: an image tag, or a release folder's name.</summary>
    public string? Tag { get; init; }

    /// <summary>The repository of the image without tag, or the folder of releases.</summary>
    public string? Source { get; init; }

    /// <summary>The registry's digest (<c>sha256:…</c>) of what runs, for this machine's platform; null when never pulled.</summary>
    public string? Digest { get; init; }

    /// <summary>The immutable local identity of what runs: an image id, or an absolute release folder.</summary>
    public string? Artifact { get; init; }

    /// <summary>Every copy that exists, running or not.</summary>
    public IReadOnlyList<Instance> Instances { get; init; } = [];

    /// <summary>SHA-256 of each file that decides what runs, by path: compose file, <c>.env</c>.</summary>
    public IReadOnlyDictionary<string, string> ConfigHashes { get; init; } = new Dictionary<string, string>();

    /// <summary>True when at least one instance serves.</summary>
    public bool IsRunning => Instances.Any(i => i.IsRunning);
}
