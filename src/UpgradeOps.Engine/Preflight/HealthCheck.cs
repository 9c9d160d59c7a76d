using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Preflight;

/// <summary>A wait for health that is skipped must be a finding, not silence.</summary>
internal static class HealthCheck
{
    public static IEnumerable<Finding> Run(AppDefinition definition)
    {
        if (definition.Health.Count == 0)
        {
            yield return Findings.Of(FindingSeverity.Warning, ErrorIds.NoHealthCheck, definition.Path,
                $"No health check is declared for {definition.Name}: the update can only see that the new version runs, not that it works.",
                $"Declare health: in {definition.Path}, such as 'health: [ {{ http: http://127.0.0.1:8080/health, version: version }} ]'.");
        }
        else if (definition.Health.All(h => h.Version is null))
        {
            yield return Findings.Of(FindingSeverity.Information, ErrorIds.NoHealthVersion, definition.Path,
                $"No health check of {definition.Name} says where the running version stands: only the platform tells which version answers.",
                "Add 'version: <name in the JSON answer>' to a check, if the application reports it.");
        }
    }
}
