namespace UpgradeOps.Engine.Preflight;

/// <summary>Azure Automation's cloud sandbox starts no child processes, and its disk vanishes with the job.</summary>
internal static class SandboxCheck
{
    public static bool IsAutomation(Func<string, string?> environment) =>
        environment("AZUREPS_HOST_ENVIRONMENT")?.StartsWith("AzureAutomation", StringComparison.OrdinalIgnoreCase) == true;

    public static IEnumerable<Finding> Run(string app, Func<string, string?> environment)
    {
        // Some hybrid workers say the same about themselves, and can do it all: a warning, not a refusal.
        if (IsAutomation(environment))
        {
            yield return Findings.Of(FindingSeverity.Warning, ErrorIds.SandboxLimited, app,
                "This looks like an Azure Automation job. Its cloud sandbox can start no commands (docker compose, database tools), has 400 MB of memory, ends jobs after 3 hours and forgets its disk.");
        }
    }
}
