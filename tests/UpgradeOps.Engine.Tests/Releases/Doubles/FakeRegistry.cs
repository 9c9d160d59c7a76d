using System.Text.Json;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Releases.Images;
using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.Releases.Registry.Auth;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Tests.Releases.Doubles;

/// <summary>A registry with one repository, as the distribution API answers, and whatever a test puts in its way.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    public const string Repository = "team/kmp";

    private readonly Dictionary<string, FakeImage> _tags = [];
    private readonly Dictionary<string, byte[]> _content = [];
    private readonly Dictionary<string, string> _types = [];

    public FakeRegistry() => Server = new FakeServer(r => Intercept?.Invoke(r) ?? Answer(r));

    public FakeServer Server { get; }

    public FastTime Time { get; } = new();

    /// <summary>Asked first; null lets the registry answer.</summary>
    public Func<FakeRequest, FakeReply?>? Intercept { get; set; }

    public ICredentialSource Credentials { get; set; } = new FixedCredentials(null);

    public RetryPolicy Retries { get; set; } = new();

    public string Image => $"{Server.Host}/{Repository}";

    public FakeRegistry Push(FakeImage image, params string[] tags)
    {
        foreach (var tag in tags)
            _tags[tag] = image;
        Store(image);
        return this;
    }

    public OciRegistryClient Open(string repository = Repository)
    {
        var name = ImageName.Parse($"{Server.Host}/{repository}");
        var wire = new RegistryWire(RegistryHandlers.Get([], viaProxy: false), Retries, Time);
        return new OciRegistryClient(name, name.BaseAddress(tls: false), wire, new RegistryAuth(wire, Credentials, Time));
    }

    public ImageReleaseSource OpenSource(ReleasesDefinition? releases = null, ImagePlatform? platform = null) =>
        new("kmp", (releases ?? new ReleasesDefinition()) with { Image = Image }, Open(), _ => Task.FromResult(platform ?? new ImagePlatform("linux", "amd64")));

    /// <summary>Method and path below the repository of each request, in order.</summary>
    public IReadOnlyList<string> Log() => [.. Server.Requests.Select(r => $"{r.Method} {r.Target.Replace($"/v2/{Repository}/", "")}")];

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private void Store(FakeImage image)
    {
        (_content[image.Digest], _types[image.Digest]) = (image.Manifest, image.MediaType);
        foreach (var (digest, bytes) in image.Blobs)
            _content[digest] = bytes;
        foreach (var child in image.Children)
            Store(child);
    }

    public FakeReply Answer(FakeRequest request)
    {
        var path = request.Path;
        if (!path.StartsWith($"/v2/{Repository}/", StringComparison.Ordinal))
            return Error(404, "NAME_UNKNOWN", "repository name not known to registry");
        if (path.EndsWith("/tags/list", StringComparison.Ordinal))
            return new FakeReply(200, JsonSerializer.Serialize(new { name = Repository, tags = _tags.Keys }), ("Content-Type", "application/json"));

        var reference = path[(path.LastIndexOf('/') + 1)..];
        var digest = _tags.TryGetValue(reference, out var image) ? image.Digest : reference;
        if (!_content.TryGetValue(digest, out var bytes))
            return Error(404, "MANIFEST_UNKNOWN", "manifest unknown");
        return new FakeReply(200, bytes, ("Docker-Content-Digest", digest), ("Content-Type", _types.GetValueOrDefault(digest, "application/octet-stream")));
    }

    public static FakeReply Error(int status, string code, string message, params (string, string)[] headers) =>
        new(status, JsonSerializer.Serialize(new { errors = new[] { new { code, message } } }), headers);
}

internal sealed class FixedCredentials(RegistryCredential? credential, string? trouble = null) : ICredentialSource
{
    public string? Trouble => trouble;

    public Task<RegistryCredential?> FindAsync(CancellationToken cancellationToken) => Task.FromResult(credential);
}
