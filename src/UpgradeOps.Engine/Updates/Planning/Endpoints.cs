namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>The two ends of a plan, from what was found.</summary>
internal static class Endpoints
{
    public static PlanEndpoint Of(Deployment current, string? channel, SchemaState? schema) => new()
    {
        Version = current.Version,
        Tag = current.Tag,
        Source = current.Source,
        Digest = current.Digest,
        Artifact = current.Artifact,
        Channel = channel,
        ConfigHashes = current.ConfigHashes,
        SchemaFingerprint = schema?.Fingerprint,
    };

    public static PlanEndpoint Of(Release release, string? channel) => new()
    {
        Version = release.Version,
        Tag = release.Tag,
        Source = release.Source,
        Digest = release.Digest,
        Channel = channel,
    };

    /// <summary>What was recorded when an earlier operation began, as the place to go back to.</summary>
    public static Release AsRelease(PlanEndpoint recorded, string name) => new()
    {
        Name = name,
        Version = recorded.Version ?? recorded.Tag ?? recorded.Artifact ?? "unknown",
        Tag = recorded.Tag ?? recorded.Version ?? "",
        Source = recorded.Source ?? "",
        Digest = recorded.Digest,
    };
}
