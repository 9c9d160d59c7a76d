using System.Text;
using System.Text.Json.Nodes;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Releases.GitHub;
using UpgradeOps.Engine.Releases.Registry.Http;
using UpgradeOps.TestKit;

namespace UpgradeOps.Engine.Tests.Releases.Doubles;

/// <summary>GitHub's releases and the store of their bytes on two loopback sockets, with full control over each answer.</summary>
internal sealed class FakeGitHub : IAsyncDisposable, ISecretResolver
{
    public const string Repository = "octo/notes";

    private readonly List<PublishedRelease> releases = [];
    private readonly Dictionary<long, byte[]> bytes = [];

    public FakeGitHub()
    {
        Server = new FakeServer(r => Intercept?.Invoke(r) ?? Answer(r));
        Store = new FakeServer(r => AtStore?.Invoke(r) ?? new FakeReply(200, bytes[long.Parse(r.Path.Split('/')[^1])]));
        Definition = new GitHubDefinition { Repository = Repository, Asset = "notes_{version}.tar.gz", Api = $"http://{Server.Host}/api/v3" };
    }

    public FakeServer Server { get; }

    public FakeServer Store { get; }

    public FastTime Time { get; } = new();

    public GitHubDefinition Definition { get; set; }

    public ReleasesDefinition Releases { get; set; } = new();

    /// <summary>Answers instead of the API where it gives something.</summary>
    public Func<FakeRequest, FakeReply?>? Intercept { get; set; }

    public Func<FakeRequest, FakeReply?>? AtStore { get; set; }

    public int PageSize { get; set; } = 100;

    public GitHubCache Cache { get; } = new();

    public GitHubAssets Assets => new(Definition, Api);

    public GitHubReleaseSource Source => new("notes", Releases with { GitHub = Definition }, Assets);

    public GitHubApi Api => new(Definition, new RegistryWire(RegistryHandlers.Get([], viaProxy: false), new RetryPolicy { Jitter = () => 1 }, Time, new GitHubDialect()), this, Cache, Time);

    public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken) => Task.FromResult($"the token of {reference}");

    /// <param name="checksums">Content of <c>checksums.txt</c>; null for what the publisher would write, empty for no such file.</param>
    public PublishedRelease Publish(string tag, string? checksums = null, Func<PublishedRelease, PublishedRelease>? change = null)
    {
        var name = $"notes_{tag.TrimStart('v')}.tar.gz";
        var content = Encoding.UTF8.GetBytes($"the archive of {tag}");
        var assets = new Dictionary<string, byte[]> { [name] = content };
        if (checksums != "")
            assets["checksums.txt"] = Encoding.UTF8.GetBytes(checksums ?? $"{GitHubShapes.Sha256(content)}  {name}\n");
        var release = new PublishedRelease(tag, assets) { Body = $"What {tag} brings." };
        release = change?.Invoke(release) ?? release;
        foreach (var asset in release.Assets)
            bytes[IdOf(tag, asset.Key)] = asset.Value;
        releases.Add(release);
        return release;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Store.DisposeAsync();
    }

    public static long IdOf(string tag, string name) => Math.Abs((long)string.GetHashCode($"{tag} {name}", StringComparison.Ordinal)) + 1;

    private FakeReply Answer(FakeRequest request)
    {
        if (request.Path.Contains("/assets/", StringComparison.Ordinal))
            return new FakeReply(302, "", ("Location", $"http://{Store.Host}/store/{request.Path.Split('/')[^1]}?sig=x"));
        if (request.Path.Split("/releases/tags/") is [_, var wanted] && releases.Find(r => r.Tag == wanted && !r.Draft) is { } one)
            return new FakeReply(200, GitHubShapes.Release(Definition.Api, Repository, 1, one, name => IdOf(one.Tag, name)).ToJsonString(), ("ETag", "\"one\""));
        if (!request.Path.EndsWith("/releases", StringComparison.Ordinal))
            return new FakeReply(404, GitHubShapes.Error("Not Found", 404).ToJsonString());
        var page = request.Query.Split('&').FirstOrDefault(q => q.StartsWith("page=", StringComparison.Ordinal)) is { } asked ? int.Parse(asked[5..]) : 1;
        var list = new JsonArray([.. releases.Skip((page - 1) * PageSize).Take(PageSize).Select((r, i) => GitHubShapes.Release(Definition.Api, Repository, i + 1, r, name => IdOf(r.Tag, name)))]).ToJsonString();
        var tag = $"W/\"{GitHubShapes.Sha256(Encoding.UTF8.GetBytes(list))}\"";
        if (request.Headers.GetValueOrDefault("If-None-Match") == tag)
            return new FakeReply(304, "", ("ETag", tag));
        return releases.Count > page * PageSize
            ? new FakeReply(200, list, ("ETag", tag), ("Link", $"<https://elsewhere.example.org/api/v3/repositories/7/releases?page={page + 1}>; rel=\"next\", <https://elsewhere.example.org/x?page=9>; rel=\"last\""))
            : new FakeReply(200, list, ("ETag", tag));
    }
}
