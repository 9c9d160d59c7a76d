using UpgradeOps.Engine.Releases.Registry.Http;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>
/// Releases that come from elsewhere, with what their authors wrote about them on GitHub. What the source itself knows counts first. Where GitHub does not tell, or does not answer, a
/// release is what it would be without it: notes stand in no update's way.
/// </summary>
internal sealed class GitHubChangelog(IReleaseSource source, GitHubApi api) : IReleaseSource
{
    private string? _failed;

    /// <summary>Who waits for a plan would rather do without notes than wait for long.</summary>
    public static RetryPolicy Patience(RetryPolicy policy) => policy with { Tries = 2, TryTimeout = TimeSpan.FromSeconds(5), TotalWait = TimeSpan.FromSeconds(2) };

    public async Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken)
    {
        var list = await source.ListAsync(cancellationToken).ConfigureAwait(false);
        var told = list.Count == 0 ? null : await AskAsync(api.ListAsync, cancellationToken).ConfigureAwait(false);
        return told is null ? list : [.. list.Select(r => With(r, TagsOf(r).Select(tag => told.FirstOrDefault(t => t.Tag == tag)).FirstOrDefault(t => t is not null)))];
    }

    public Task<Release> PeekAsync(string? version, string? channel, CancellationToken cancellationToken) => source.PeekAsync(version, channel, cancellationToken);

    public async Task<Release> ResolveAsync(string? version, string? channel, CancellationToken cancellationToken)
    {
        var release = await source.ResolveAsync(version, channel, cancellationToken).ConfigureAwait(false);
        return IsTold(release) ? release : With(release, await AskAsync(token => FindAsync(release, token), cancellationToken).ConfigureAwait(false));
    }

    public async Task<ReleaseHistory> HistoryAsync(Deployment current, Release release, CancellationToken cancellationToken)
    {
        var history = await source.HistoryAsync(current, release, cancellationToken).ConfigureAwait(false);
        return _failed is null || IsTold(release) ? history : history with
        {
            Findings = [.. history.Findings, new Finding
            {
                Severity = FindingSeverity.Information,
                ErrorId = ErrorIds.ReleaseNotesMissing,
                Target = api.Name,
                Message = $"What {release.Version} brings could not be read: {_failed}",
                RecommendedAction = release.Notes is { } page ? $"Read it at {page}." : "Nothing has to be done for the update.",
            }],
        };
    }

    /// <summary>A version may be called otherwise there: an image's tag is often <c>1.2.3</c> where the repository's is <c>v1.2.3</c>.</summary>
    private static IEnumerable<string> TagsOf(Release release) => VersionTags.Spellings(release.Version).Prepend(release.Tag).Distinct();

    private async Task<GitHubRelease?> FindAsync(Release release, CancellationToken cancellationToken)
    {
        foreach (var tag in TagsOf(release))
        {
            if (await api.FindAsync(tag, cancellationToken).ConfigureAwait(false) is { } found)
                return found;
        }

        return null;
    }

    private async Task<T?> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            _failed = null;
            return await ask(cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e)
        {
            _failed = e.Message;
            return default;
        }
    }

    private static Release With(Release release, GitHubRelease? told) => told is null || IsTold(release) ? release : release with
    {
        Notes = told.Notes ?? release.Notes,
        Page = release.Page ?? told.Page,
        PublishedAt = release.PublishedAt ?? told.PublishedAt,
    };

    /// <summary>It has more than an address at which a person would read.</summary>
    private static bool IsTold(Release release) =>
        release.Notes is { } notes && !(Uri.TryCreate(notes, UriKind.Absolute, out var page) && page!.Scheme is "http" or "https" && !notes.Any(char.IsWhiteSpace));
}
