using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Health;

/// <summary>Asks an application how it is. Contributes the steps <c>health.verify</c>, <c>health.smoke</c> and <c>health.bake</c>.</summary>
internal interface IHealthProbe : IStepSource
{
    bool Declared { get; }

    /// <summary>Runs every declared check once.</summary>
    /// <param name="expectedInstances">Ids that must be the ones that answer; null when anyone may.</param>
    /// <param name="expectedVersion">The version that the answer must carry; null when any will do.</param>
    Task<HealthReport> CheckAsync(IReadOnlyList<string>? expectedInstances, string? expectedVersion, CancellationToken cancellationToken);

    /// <summary>Steps that verify and then watch the new version.</summary>
    IReadOnlyList<PlannedStep> Plan(string? expectedVersion);

    /// <summary>The step that runs the smoke tests on a verified version; none when none are declared.</summary>
    IReadOnlyList<PlannedStep> PlanSmoke(string? expectedVersion) => [];

    /// <summary>Runs the smoke tests on whatever runs.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.NoSmokeTests"/>.</exception>
    Task<SmokeReport> SmokeAsync(CancellationToken cancellationToken) =>
        throw new AppException(ErrorIds.NoSmokeTests, "No smoke tests are declared.");
}
