namespace UpgradeOps.Engine.Preflight;

/// <summary>Whether there is something to come back to.</summary>
internal static class RunningCheck
{
    public static IEnumerable<Finding> Run(Deployment current)
    {
        if (current.IsRunning)
            yield break;
        yield return current.Artifact is null
            ? Findings.Of(FindingSeverity.Blocker, ErrorIds.NotRunning, current.Name, $"Nothing of {current.Name} was ever started here, so there would be no way back.", "Start it once with its platform's own command, then update it.")
            : Findings.Of(FindingSeverity.Warning, ErrorIds.NotRunning, current.Name, $"{current.Name} does not run: if the update fails, what is put back will not run either.");
    }
}
