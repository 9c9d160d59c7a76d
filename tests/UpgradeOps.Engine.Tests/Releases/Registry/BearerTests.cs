using System.Text;
using UpgradeOps.Engine.Releases.Registry.Auth;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Registry;

/// <summary>A registry that wants a token from a service on another port.</summary>
public sealed class BearerTests : IAsyncDisposable
{
    private const string Secret = "s3cr:et ü";

    private readonly FakeRegistry _registry = new FakeRegistry().Push(FakeImage.Build(), "latest");
    private readonly FakeServer _tokens;
    private readonly HashSet<string> _valid = [];
    private Func<FakeRequest, FakeReply?>? _tokenService;
    private string _realm;
    private int _given;

    public BearerTests()
    {
        _tokens = new FakeServer(r => _tokenService?.Invoke(r) ?? Give());
        _realm = $"http://{_tokens.Host}/token?keep=1";
        _registry.Intercept = r => _valid.Contains(r.Authorization ?? "") ? null : Challenge(r);
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _tokens.DisposeAsync();
    }

    [Fact]
    public async Task A_token_is_asked_for_once_and_used_again()
    {
        var client = _registry.Open();
        for (var i = 0; i < 3; i++)
            Assert.NotNull(await client.HeadAsync("latest", default));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.HeadAsync("latest", default)));

        var asked = Assert.Single(_tokens.Requests);
        Assert.Equal("/token?keep=1&service=registry.test&scope=repository%3Ateam%2Fkmp%3Apull", asked.Target);
        Assert.Null(asked.Authorization);
        Assert.Equal(1, _registry.Server.Requests.Count(r => r.Authorization is null));
    }

    [Fact]
    public async Task Many_at_once_ask_for_one_token()
    {
        var client = _registry.Open();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.HeadAsync("latest", default)));
        Assert.Single(_tokens.Requests);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_expires()
    {
        var client = _registry.Open();
        await client.HeadAsync("latest", default);
        _registry.Time.Advance(TimeSpan.FromSeconds(53));
        await client.HeadAsync("latest", default);
        Assert.Single(_tokens.Requests);

        _registry.Time.Advance(TimeSpan.FromSeconds(2)); // 60 s is what a token lives that does not say
        await client.HeadAsync("latest", default);
        Assert.Equal(2, _tokens.Requests.Count);
        Assert.Equal(1, _registry.Server.Requests.Count(r => r.Authorization is null));
    }

    [Fact]
    public async Task A_token_that_is_refused_early_is_renewed()
    {
        var client = _registry.Open();
        await client.HeadAsync("latest", default);
        _valid.Clear();
        Assert.NotNull(await client.HeadAsync("latest", default));
        Assert.Equal(2, _tokens.Requests.Count);
    }

    [Fact]
    public async Task A_token_that_is_never_good_enough_is_a_refusal()
    {
        _tokenService = _ => new FakeReply(200, """{"access_token":"useless"}""");
        await Expect.ErrorAsync(ErrorIds.RegistryUnauthorized, () => _registry.Open().HeadAsync("latest", default), _registry.Image, "401", "asked anonymously");
        Assert.Equal(2, _registry.Server.Requests.Count);
    }

    [Fact]
    public async Task Passwords_go_to_the_token_service_alone()
    {
        _registry.Credentials = new FixedCredentials(RegistryCredential.Password("deploy", Secret, "releases.user"));
        await _registry.Open().HeadAsync("latest", default);
        Assert.Equal(Basic("deploy", Secret), Assert.Single(_tokens.Requests).Authorization);
        Assert.DoesNotContain(_registry.Server.Requests, r => r.Authorization?.StartsWith("Basic", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Wrong_credentials_are_told_without_the_password(int status)
    {
        _registry.Credentials = new FixedCredentials(RegistryCredential.Password("deploy", Secret, "releases.user"));
        _tokenService = _ => FakeRegistry.Error(status, "DENIED", "requested access is denied");
        var error = await Expect.ErrorAsync(ErrorIds.RegistryUnauthorized, () => _registry.Open().ListTagsAsync(default), "DENIED", "as deploy (releases.user)");
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_refusal_credentials_are_looked_for_anew()
    {
        _registry.Credentials = new Rotating("old", "new");
        _tokenService = r => r.Authorization == Basic("deploy", "new") ? null : new FakeReply(401);
        var client = _registry.Open();
        await Expect.ErrorAsync(ErrorIds.RegistryUnauthorized, () => client.HeadAsync("latest", default));
        Assert.NotNull(await client.HeadAsync("latest", default));
    }

    [Fact]
    public async Task An_identity_token_is_exchanged()
    {
        _registry.Credentials = new FixedCredentials(RegistryCredential.IdentityToken("refresh me", "docker login"));
        await _registry.Open().HeadAsync("latest", default);
        var asked = Assert.Single(_tokens.Requests);
        Assert.Equal("POST", asked.Method);
        Assert.Equal("grant_type=refresh_token&refresh_token=refresh+me&service=registry.test&scope=repository%3Ateam%2Fkmp%3Apull&client_id=upgradeops", asked.Body);
    }

    [Theory]
    [InlineData("http://tokens.example.org/token")]
    [InlineData("ftp://127.0.0.1/token")]
    [InlineData("token")]
    public async Task Nothing_is_sent_to_a_service_without_tls(string realm)
    {
        _realm = realm;
        await Expect.ErrorAsync(ErrorIds.RegistryFailed, () => _registry.Open().HeadAsync("latest", default), realm, "is not https");
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"token":"a\nb"}""")]
    [InlineData("[]")]
    public async Task A_useless_answer_of_the_service_is_told(string body)
    {
        _tokenService = _ => new FakeReply(200, body);
        await Expect.ErrorAsync(ErrorIds.RegistryFailed, () => _registry.Open().HeadAsync("latest", default), "token service");
    }

    private static string Basic(string user, string password) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";

    private FakeReply Give()
    {
        var token = $"token-{Interlocked.Increment(ref _given)}";
        lock (_valid)
            _valid.Add($"Bearer {token}");
        return new FakeReply(200, $$"""{"token":"{{token}}"}""");
    }

    private FakeReply Challenge(FakeRequest request)
    {
        var repository = request.Path["/v2/".Length..request.Path.LastIndexOf("/", request.Path.LastIndexOf('/') - 1, StringComparison.Ordinal)];
        return FakeRegistry.Error(401, "UNAUTHORIZED", "authentication required",
            ("Www-Authenticate", $"Bearer realm=\"{_realm}\",service=\"registry.test\",scope=\"repository:{repository}:pull\""));
    }

    private sealed class Rotating(params string[] passwords) : ICredentialSource
    {
        private int _next;

        public string? Trouble => null;

        public Task<RegistryCredential?> FindAsync(CancellationToken cancellationToken) =>
            Task.FromResult<RegistryCredential?>(RegistryCredential.Password("deploy", passwords[_next++], "releases.user"));
    }
}
