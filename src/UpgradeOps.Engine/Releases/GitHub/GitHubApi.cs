using System.Globalization;
using System.Net.Http.Headers;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>The part of GitHub's REST API that tells releases and hands out their assets. The token goes to the API alone, never to where it redirects to.</summary>
internal sealed class GitHubApi(GitHubPlace github, RegistryWire wire, ISecretResolver secrets, GitHubCache cache, TimeProvider time)
{
    private const string Json = "application/vnd.github+json";
    private const string Bytes = "application/octet-stream";
    private const string Version = "2022-11-28";
    private const int PageSize = 100;
    private const int MostPages = 100;
    private const int LargestPage = 64 << 20;

    private readonly Uri _base = new(github.Api + "/");

    /// <summary>The repository as a person knows it: <c>github.com/owner/name</c>.</summary>
    public string Name => $"{(github.Api == GitHubPlace.PublicApi ? "github.com" : _base.Authority)}/{github.Repository}";

    /// <summary>Where it answers.</summary>
    public string Address => github.Api;

    /// <summary>How it was declared, which decides what is to be done about a refusal.</summary>
    public GitHubPlace Declared => github;

    public RetryPolicy Policy => wire.Policy;

    public TimeProvider Time => time;

    /// <summary>All releases that are published, in GitHub's own order.</summary>
    /// <exception cref="AppException">Not there, not allowed, limited, or no answer: each its own ErrorId.</exception>
    public async Task<IReadOnlyList<GitHubRelease>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<GitHubRelease>();
        Uri? next = new(_base, string.Create(CultureInfo.InvariantCulture, $"repos/{github.Repository}/releases?per_page={PageSize}"));
        for (var page = 0; next is not null && page < MostPages; page++)
        {
            var answer = Granted(await AskAsync(next, cancellationToken).ConfigureAwait(false));
            try
            {
                found.AddRange(GitHubRelease.ReadList(answer.Body));
            }
            catch (FormatException e)
            {
                throw GitHubErrors.Unreadable(Name, "the list of its releases", e.Message.TrimEnd('.'));
            }

            next = LinkHeader.Next(answer, _base);
        }

        return [.. found.DistinctBy(r => r.Tag)];
    }

    /// <returns>Null when no release has this tag; GitHub says the same of a repository that is not there, or not for us.</returns>
    /// <exception cref="AppException">Not allowed, limited, or no answer: each its own ErrorId.</exception>
    public async Task<GitHubRelease?> FindAsync(string tag, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(new Uri(_base, $"repos/{github.Repository}/releases/tags/{Uri.EscapeDataString(tag)}"), cancellationToken).ConfigureAwait(false);
        if (answer.Status == 404)
            return null;
        try
        {
            return GitHubRelease.ReadOne(Granted(answer).Body);
        }
        catch (FormatException e)
        {
            throw GitHubErrors.Unreadable(Name, $"its release {tag}", e.Message.TrimEnd('.'));
        }
    }

    /// <summary>A small asset, such as a file of checksums.</summary>
    public async Task<byte[]> ReadAsync(GitHubAsset asset, CancellationToken cancellationToken)
    {
        var request = await RequestAsync(asset, cancellationToken).ConfigureAwait(false);
        var answer = await wire.SendAsync(request, Name, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess ? answer.Body : throw GitHubErrors.Refused(this, $"asset {asset.Name}", answer);
    }

    /// <summary>One try to get an asset's bytes; a refusal comes back as it is.</summary>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="tag">What the bytes before it came with; null when nobody knows. The whole is sent when it is not that any more.</param>
    public async Task<(HttpResponseMessage Response, RegistryRequest Request)> OpenAsync(GitHubAsset asset, long from, string? tag, CancellationToken cancellationToken)
    {
        var request = await RequestAsync(asset, cancellationToken).ConfigureAwait(false);
        if (from > 0)
        {
            var headers = new Dictionary<string, string>(request.Headers) { ["Range"] = string.Create(CultureInfo.InvariantCulture, $"bytes={from}-") };
            if (tag is not null)
                headers["If-Range"] = tag;
            request = request with { Headers = headers };
        }

        return (await wire.OpenAsync(request, cancellationToken).ConfigureAwait(false), request);
    }

    private async Task<RegistryAnswer> AskAsync(Uri uri, CancellationToken cancellationToken)
    {
        var key = $"{uri.AbsoluteUri} {github.Token}";
        var known = cache.Find(key);
        var request = await RequestAsync(uri, Json, cancellationToken).ConfigureAwait(false);
        if (known is var (tag, _))
            request = request with { Headers = new Dictionary<string, string>(request.Headers) { ["If-None-Match"] = tag } };
        var answer = await wire.SendAsync(request with { BodyLimit = LargestPage }, Name, cancellationToken).ConfigureAwait(false);
        if (answer.Status == 304 && known is var (_, before))
            return before;
        if (answer.IsSuccess)
            cache.Keep(key, answer);
        return answer;
    }

    private RegistryAnswer Granted(RegistryAnswer answer) => answer.IsSuccess ? answer : throw GitHubErrors.Refused(this, "its releases", answer);

    /// <summary>By number, from the API's own address: what an answer calls an asset's address may be anybody's.</summary>
    private Task<RegistryRequest> RequestAsync(GitHubAsset asset, CancellationToken cancellationToken) =>
        RequestAsync(new Uri(_base, string.Create(CultureInfo.InvariantCulture, $"repos/{github.Repository}/releases/assets/{asset.Id}")), Bytes, cancellationToken);

    private async Task<RegistryRequest> RequestAsync(Uri uri, string accept, CancellationToken cancellationToken) => new(HttpMethod.Get, uri)
    {
        Accept = [accept],
        Headers = new Dictionary<string, string> { ["X-GitHub-Api-Version"] = Version },
        Authorization = github.Token is { } token ? new AuthenticationHeaderValue("Bearer", await secrets.ResolveAsync(token, cancellationToken).ConfigureAwait(false)) : null,
    };
}
