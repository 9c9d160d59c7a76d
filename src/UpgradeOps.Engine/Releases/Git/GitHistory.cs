using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Releases.Git;

/// <summary>The way from what runs to a release, as the commits tell it: what it adds, and what somebody should know before taking it.</summary>
internal sealed class GitHistory(string appName, ReleasesDefinition releases, GitRepository repository)
{
    public async Task<ReleaseHistory> ReadAsync(Deployment current, Release release, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>(await CheckoutAsync(cancellationToken).ConfigureAwait(false));
        if (GitDigest.CommitOf(current.Digest) is not { } from || GitDigest.CommitOf(release.Digest) is not { } to || from == to)
            return new ReleaseHistory([], findings);

        var log = await repository.LogAsync(from, to, cancellationToken).ConfigureAwait(false);
        if (current.Tag == release.Tag)
        {
            findings.Add(Found(FindingSeverity.Warning, ErrorIds.TagMoved, release,
                $"Tag {release.Tag} was moved since it was installed: it was {from}, it is {to}."));
        }
        else if (log.Relation == GitRelation.Behind)
        {
            findings.Add(Found(FindingSeverity.Blocker, ErrorIds.NotNewer, release,
                $"{release.Version} is an ancestor of {current.Version}, which runs. A step back may meet a database that it does not know."));
        }
        else if (log.Relation is GitRelation.Diverged or GitRelation.Unknown && IsBranch(release))
        {
            // Between tags this is nothing unusual: each may stand on a branch of its own.
            findings.Add(Found(FindingSeverity.Blocker, ErrorIds.HistoryRewritten, release,
                $"The commit that runs, {from}, is not reachable from {release.Version} any more: the branch was rewritten (force-pushed) since it was installed, so what ran here is not part of what would run."));
        }

        return new ReleaseHistory(log.Commits, findings);
    }

    private bool IsBranch(Release release) =>
        release.Channel is { } channel && releases.Channels.GetValueOrDefault(channel)?.StartsWith(GitReleaseSource.Branch, StringComparison.Ordinal) == true;

    /// <summary>What stands in the checkout alone gets into no release.</summary>
    private async Task<IReadOnlyList<Finding>> CheckoutAsync(CancellationToken cancellationToken)
    {
        if (await repository.LookAtCheckoutAsync(cancellationToken).ConfigureAwait(false) is not var (ahead, changed))
            return [];
        var findings = new List<Finding>();
        if (changed.Count > 0)
        {
            findings.Add(Found(FindingSeverity.Warning, ErrorIds.CheckoutDirty, null,
                $"The checkout {repository.Name} has {changed.Count} uncommitted change{(changed.Count == 1 ? "" : "s")}, which no release of {appName} will have: {string.Join(", ", changed.Take(5).Select(c => c.Trim()))}{(changed.Count > 5 ? ", …" : "")}."));
        }

        if (ahead > 0)
        {
            findings.Add(Found(FindingSeverity.Warning, ErrorIds.CheckoutDiverged, null,
                $"The checkout {repository.Name} has {ahead} commit{(ahead == 1 ? "" : "s")} that {(ahead == 1 ? "its" : "their")} origin has not: no release of {appName} will have {(ahead == 1 ? "it" : "them")}."));
        }

        return findings;
    }

    private Finding Found(FindingSeverity severity, string errorId, Release? release, string message) => new()
    {
        Severity = severity,
        ErrorId = errorId,
        Target = release is null ? repository.Name : $"{release.Source}:{release.Tag}",
        Message = message,
        RecommendedAction = ErrorCatalogue.Find(errorId)?.DefaultAction,
    };
}
