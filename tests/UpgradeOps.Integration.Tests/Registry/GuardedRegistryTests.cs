using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Integration.Registry;

/// <summary>The real registry over TLS with an authority of its own, that wants to know who asks.</summary>
public class GuardedRegistryTests
{
    private static readonly RegistryOptions Basic = new() { Auth = RegistryAuth.Basic, Tls = true };
    private static readonly RegistryOptions Bearer = new() { Auth = RegistryAuth.Bearer };

    public static TheoryData<string> Kinds => ["Basic", "Bearer"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_right_credentials_open_it(string kind)
    {
        await using var registry = await StartAsync(kind);
        var source = new RegistrySources(registry).Open();
        Assert.Equal(["v1.1.0", "v1.0.0"], (await source.ListAsync(default)).Select(r => r.Version));
        Assert.Equal("v1.1.0", (await source.ResolveAsync(null, "beta", default)).Version);
        Assert.Equal(1, (await registry.RequestsAsync()).Count(r => r.Status == 401));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_docker_login_stored_opens_it_too(string kind)
    {
        await using var registry = await StartAsync(kind);
        using var folder = new TempFolder("upgradeops-docker-");
        registry.WriteDockerConfig(folder.Path);
        Assert.Equal("v1.1.0", (await new RegistrySources(registry, folder.Path).Open(login: false).ResolveAsync(null, "beta", default)).Version);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Wrong_or_no_credentials_do_not(string kind)
    {
        await using var registry = await StartAsync(kind);
        var sources = new RegistrySources(registry);
        var wrong = await Assert.ThrowsAsync<AppException>(() => sources.Open(password: "hunter2").ListAsync(default));
        Assert.Equal(ErrorIds.RegistryUnauthorized, wrong.ErrorId);
        Assert.Contains("as deploy (releases.user)", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", wrong.ToString(), StringComparison.Ordinal);

        var none = await Assert.ThrowsAsync<AppException>(() => sources.Open(login: false).ResolveAsync(null, "beta", default));
        Assert.Equal(ErrorIds.RegistryUnauthorized, none.ErrorId);
        Assert.Contains("anonymously", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_is_not_trusted_is_told_as_such()
    {
        await using var registry = await StartAsync("Basic");
        var wire = new RegistryWire(RegistryHandlers.Get([], viaProxy: false), new(), TimeProvider.System);
        var error = await Assert.ThrowsAsync<AppException>(() => wire.SendAsync(new(HttpMethod.Get, new Uri(registry.BaseAddress, "v2/")), "kmp", default));
        Assert.Equal(ErrorIds.RegistryUnreachable, error.ErrorId);
        Assert.Contains("TLS", error.Message, StringComparison.Ordinal);
        Assert.Contains("releases.certificateAuthority", error.Error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_authority_the_hint_is_to_name_it()
    {
        await using var registry = await StartAsync("Basic");
        var error = await Assert.ThrowsAsync<AppException>(() => new RegistrySources(registry).Open(trusted: false).ListAsync(default));
        Assert.Equal(ErrorIds.RegistryFailed, error.ErrorId);
        Assert.Contains("releases.certificateAuthority", error.Error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_token_serves_many_questions_and_is_renewed_when_it_ends()
    {
        await using var registry = await StartAsync("Bearer");
        registry.Tokens!.Lifetime = TimeSpan.FromSeconds(2);
        var source = new RegistrySources(registry).Open();
        await source.ListAsync(default);
        await source.PeekAsync(null, "beta", default);
        Assert.Single(registry.Tokens.Requests);

        var first = registry.Tokens.Requests.Count;
        for (var i = 0; i < 40 && registry.Tokens.Requests.Count == first; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            await source.PeekAsync(null, "beta", default);
        }
        Assert.Equal(2, registry.Tokens.Requests.Count);
        Assert.All(registry.Tokens.Requests, r => Assert.Equal(("deploy", $"repository:{KmpImage.Repository}:pull", true), (r.User, r.Scope, r.Granted)));
        Assert.Equal(1, (await registry.RequestsAsync()).Count(r => r.Status == 401));
    }

    [Fact]
    public async Task A_public_image_needs_no_login_but_a_token()
    {
        await using var registry = await StartAsync("Bearer", anonymous: true);
        Assert.Equal("v1.1.0", (await new RegistrySources(registry).Open(login: false).ResolveAsync(null, "beta", default)).Version);
        Assert.Null(Assert.Single(registry.Tokens!.Requests).User);
    }

    private static async Task<RegistryServer> StartAsync(string kind, bool anonymous = false)
    {
        Needs.Parts(Part.Registry, Part.Compiler);
        var registry = await RegistryServer.StartAsync(kind == "Basic" ? Basic : Bearer with { AnonymousPull = anonymous });
        var images = new TestImages(registry);
        await images.PublishAsync(KmpRelease.V100);
        await images.PublishAsync(KmpRelease.V110, "v1.1.0", "beta");
        return registry;
    }
}
