namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Whether a plan made earlier still fits the world.</summary>
internal static class PlanFit
{
    /// <returns>What has moved since, in words; null when nothing did.</returns>
    public static string? Difference(PlanEndpoint planned, PlanEndpoint now)
    {
        if (planned.Digest != now.Digest || planned.Artifact != now.Artifact || planned.Version != now.Version)
        {
            return $"planned from {Describe(planned)}, but {Describe(now)} runs now";
        }

        foreach (var path in planned.ConfigHashes.Keys.Union(now.ConfigHashes.Keys).Order(StringComparer.Ordinal))
        {
            if (planned.ConfigHashes.GetValueOrDefault(path) != now.ConfigHashes.GetValueOrDefault(path))
            {
                return $"{path} was edited since";
            }
        }

        return planned.SchemaFingerprint != now.SchemaFingerprint ? "the database's schema has changed since" : null;
    }

    private static string Describe(PlanEndpoint end) => $"{end.Version ?? end.Tag ?? "an unknown version"} ({end.Digest ?? end.Artifact ?? "no digest"})";
}
