using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Releases.Versions;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Whether going from what runs to a release is wanted at all.</summary>
internal static class VersionRules
{
    /// <param name="named">A version that was named is also pinned: the same image under another tag is then a change.</param>
    public static bool IsSame(Deployment current, Release release, bool named) =>
        current.IsRunning
        && current.Digest is not null
        && current.Digest == release.Digest
        && (!named || current.Tag == release.Tag);

    /// <summary>True when the channel's newest is another than what runs, not older, and did not fail here before.</summary>
    public static bool IsUpdate(Deployment current, Release latest, AppMemory memory) =>
        !IsSame(current, latest, named: false) && !Check(current, latest, memory, new UpdateOptions { Name = latest.Name }).Any(f => f.Severity == FindingSeverity.Blocker);

    public static IEnumerable<Finding> Check(Deployment current, Release release, AppMemory memory, UpdateOptions options)
    {
        if (!options.Force && IsOlder(release.Version, current.Version))
        {
            yield return Blocker(
                ErrorIds.NotNewer,
                $"{release.Version} is not newer than {current.Version}, which runs. A step back may meet a database that it does not know.",
                release);
        }

        if (BadReleases.Find(memory, release) is { } bad && !(options.Force && options.Version is not null))
        {
            yield return Blocker(ErrorIds.KnownBad, BadReleases.Describe(bad), release) with { RecommendedAction = BadReleases.Insist(release) };
        }

        // A person may have had reasons that are gone by now: it is told, not refused.
        if (BadReleases.FindTakenBack(memory, release) is { } back)
        {
            yield return Blocker(ErrorIds.TakenBack, $"{BadReleases.Describe(back)}.", release) with { Severity = FindingSeverity.Warning };
        }
    }

    /// <summary>What the way to a release adds to what was found about its version: nothing is said twice, and who insists is told, not refused.</summary>
    public static IEnumerable<Finding> Weigh(IReadOnlyList<Finding> way, IReadOnlyList<Finding> found, UpdateOptions options) => way
        .Where(f => f.ErrorId != ErrorIds.NotNewer || (!options.Force && found.All(o => o.ErrorId != ErrorIds.NotNewer)))
        .Select(f => options.Force && f.Severity == FindingSeverity.Blocker ? f with { Severity = FindingSeverity.Warning } : f);

    private static bool IsOlder(string wanted, string? running) =>
        SemanticVersion.TryParse(wanted) is { } to && SemanticVersion.TryParse(running) is { } from && to.CompareTo(from) < 0;

    private static Finding Blocker(string errorId, string message, Release release) => new()
    {
        Severity = FindingSeverity.Blocker,
        ErrorId = errorId,
        Target = $"{release.Source}:{release.Tag}",
        Message = message,
        RecommendedAction = ErrorCatalogue.Find(errorId)?.DefaultAction,
    };
}
