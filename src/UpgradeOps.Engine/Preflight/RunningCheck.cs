namespace UpgradeOps.Engine.Preflight;

/// <summary>Whether there is something to come back to.</summary>
internal static class RunningCheck
{
    public static IEnumerable<Finding> Run(Deployment current)
    {
        if (current.IsRunning)
            yield break;
        yield return current.Artifact is null
            // A platform that cannot install a first version says so itself.
            ? Findings.Of(FindingSeverity.Information, ErrorIds.NotRunning, current.Name, $"Nothing of {current.Name} was ever started here: this is a first installation, and if it fails nothing runs, as before.")
            : Findings.Of(FindingSeverity.Warning, ErrorIds.NotRunning, current.Name, $"{current.Name} does not run: if the update fails, what is put back will not run either.");
    }
}
