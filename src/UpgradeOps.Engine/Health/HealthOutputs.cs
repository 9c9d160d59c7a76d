namespace UpgradeOps.Engine.Health;

/// <summary>Names that the steps of this room share with others through the journal.</summary>
internal static class HealthOutputs
{
    /// <summary>Input: the version that must answer.</summary>
    public const string Version = "version";

    /// <summary>Input: the kind of the step that starts the new version and records its instances.</summary>
    public const string StartKind = "startKind";

    /// <summary>Output of <c>health.verify</c>: when the first verified answer came (UTC, ISO 8601).</summary>
    public const string HealthyAt = "healthyAt";

    /// <summary>Output of <c>health.verify</c>: JSON of the instances that answered, as they were then.</summary>
    public const string Verified = "verified";
}
