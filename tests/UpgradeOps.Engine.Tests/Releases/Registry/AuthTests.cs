using System.Net.Http.Headers;
using System.Text;
using UpgradeOps.Engine.Releases.Registry.Auth;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Registry;

public class AuthTests
{
    [Fact]
    public async Task Basic_is_sent_once_it_was_asked_for()
    {
        await using var registry = new FakeRegistry().Push(FakeImage.Build(), "latest");
        var right = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("deploy:pä:ss"))}";
        registry.Intercept = r => r.Authorization == right ? null : new FakeReply(401, "", ("Www-Authenticate", "Basic realm=\"test\""));
        registry.Credentials = new FixedCredentials(RegistryCredential.Password("deploy", "pä:ss", "releases.user"));
        var client = registry.Open();
        Assert.NotNull(await client.HeadAsync("latest", default));
        Assert.NotNull(await client.HeadAsync("latest", default));
        Assert.Equal([null, right, right], registry.Server.Requests.Select(r => r.Authorization));
    }

    [Fact]
    public async Task A_refusal_tells_who_asked_and_what_went_wrong_before()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = _ => new FakeReply(401, "", ("Www-Authenticate", "Basic realm=\"test\""));
        registry.Credentials = new FixedCredentials(null, "docker-credential-pass is not on the PATH");
        await Expect.ErrorAsync(ErrorIds.RegistryUnauthorized, () => registry.Open().ListTagsAsync(default),
            "asked anonymously (docker-credential-pass is not on the PATH)");
        Assert.Single(registry.Server.Requests);
    }

    [Fact]
    public async Task Forbidden_is_forbidden()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = _ => FakeRegistry.Error(403, "DENIED", "no");
        await Expect.ErrorAsync(ErrorIds.RegistryUnauthorized, () => registry.Open().HeadAsync("latest", default), "403", "no such repository");
    }

    [Theory]
    [InlineData("Bearer realm=\"https://t/x\",service=\"a, b\",scope=\"repository:a:pull,push\"", "Bearer", "https://t/x", "a, b", "repository:a:pull,push")]
    [InlineData("bearer realm=https://t/x , service=s", "bearer", "https://t/x", "s", null)]
    [InlineData("Basic realm=\"a \\\"b\\\"\"", "Basic", "a \"b\"", null, null)]
    public void Challenges_are_read(string header, string scheme, string realm, string? service, string? scope)
    {
        var challenge = AuthChallenge.Choose(Headers(header))!;
        Assert.Equal((scheme, realm, service, scope), (challenge.Scheme, challenge.Realm, challenge.Service, challenge.Scope));
    }

    [Fact]
    public void Bearer_goes_before_basic() =>
        Assert.True(AuthChallenge.Choose(Headers("Basic realm=\"a\"", "Bearer realm=\"https://t\""))!.IsBearer);

    [Theory]
    [InlineData("Negotiate")]
    [InlineData("Bearer service=\"x\"")]
    public void What_cannot_be_answered_is_left(string header) => Assert.Null(AuthChallenge.Choose(Headers(header)));

    private static HttpHeaderValueCollection<AuthenticationHeaderValue> Headers(params string[] values)
    {
        var response = new HttpResponseMessage();
        foreach (var value in values)
            response.Headers.TryAddWithoutValidation("Www-Authenticate", value);
        return response.Headers.WwwAuthenticate;
    }
}
