using System.Text;
using UpgradeOps.Engine.Releases.Registry.Auth;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Registry;

/// <summary>Registries send their clients to a store for the bytes; the store must not learn who asked.</summary>
public sealed class RedirectTests : IAsyncDisposable
{
    private static readonly FakeImage Image = FakeImage.Build();
    private static readonly string Config = Image.Blobs.Keys.Single();

    private readonly FakeRegistry _registry = new FakeRegistry().Push(Image, "latest");
    private readonly FakeServer _store = new(_ => new FakeReply(200, Image.Blobs[Config]));

    public RedirectTests() => _registry.Credentials = new FixedCredentials(RegistryCredential.Password("deploy", "secret", "releases.user"));

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Credentials_do_not_follow_to_another_host(int status)
    {
        _registry.Intercept = r => Refuse(r) ?? new FakeReply(status, "", ("Location", $"http://{_store.Host}/blob?signature=x"));
        Assert.Equal("amd64", (await _registry.Open().GetConfigAsync(Config, default)).Platform.Architecture);
        Assert.Null(Assert.Single(_store.Requests).Authorization);
    }

    [Fact]
    public async Task They_follow_on_the_same_host()
    {
        _registry.Intercept = r => Refuse(r) ?? (r.Path == "/stored" ? new FakeReply(200, Image.Blobs[Config]) : new FakeReply(307, "", ("Location", "/stored")));
        await _registry.Open().GetConfigAsync(Config, default);
        Assert.NotNull(_registry.Server.Requests.Last().Authorization);
    }

    [Fact]
    public async Task A_circle_ends()
    {
        _registry.Intercept = r => new FakeReply(307, "", ("Location", r.Target));
        await Expect.ErrorAsync(ErrorIds.RegistryFailed, () => _registry.Open().GetConfigAsync(Config, default), "307");
        Assert.Equal(6, _registry.Server.Requests.Count);
    }

    [Fact]
    public async Task Other_schemes_are_not_followed()
    {
        _registry.Intercept = _ => new FakeReply(307, "", ("Location", "file:///etc/passwd"));
        await Expect.ErrorAsync(ErrorIds.RegistryFailed, () => _registry.Open().GetConfigAsync(Config, default), "307");
    }

    private static FakeReply? Refuse(FakeRequest request) => request.Authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("deploy:secret"))}"
        ? null
        : new FakeReply(401, "", ("Www-Authenticate", "Basic realm=\"test\""));
}
