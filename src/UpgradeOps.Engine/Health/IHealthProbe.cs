using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Health;

/// <summary>Asks an application how it is. Contributes the steps <c>health.verify</c> and <c>health.bake</c>.</summary>
internal interface IHealthProbe : IStepSource
{
    bool Declared { get; }

    /// <summary>Runs every declared check once.</summary>
    /// <param name="expectedInstances">Ids that must be the ones that answer; null when anyone may.</param>
    /// <param name="expectedVersion">The version that the answer must carry; null when any will do.</param>
    Task<HealthReport> CheckAsync(IReadOnlyList<string>? expectedInstances, string? expectedVersion, CancellationToken cancellationToken);

    /// <summary>Steps that verify and then watch the new version.</summary>
    IReadOnlyList<PlannedStep> Plan(string? expectedVersion);
}
