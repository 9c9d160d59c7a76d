using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace UpgradeOps.Integration.Rig;

public sealed class RegistryServerTests
{
    private const string TagList = $"v2/{KmpImage.Repository}/tags/list";

    [Fact]
    public async Task An_open_registry_lists_what_was_published_and_counts_only_our_requests()
    {
        Needs.Parts(Part.Registry, Part.Compiler, Part.Postgres, Part.MariaDb);
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAllAsync();

        using var client = registry.CreateClient();
        var tags = await TagsAsync(client);
        Assert.Equal(["beta", "dev", "latest", "nightly", "v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0"], tags.Order());

        var request = Assert.Single(await registry.RequestsAsync());
        Assert.Equal(("GET", $"/{TagList}", 200), (request.Method, request.Path, request.Status));
    }

    [Fact]
    public async Task A_tag_moves_and_a_digest_stays()
    {
        Needs.Parts(Part.Registry, Part.Compiler, Part.Postgres, Part.MariaDb);
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        var first = await images.PublishAsync(KmpRelease.V100, "latest");
        var second = await images.PublishAsync(KmpRelease.V100 with { Build = 2 }, "latest");
        var index = await images.PublishIndexAsync(KmpRelease.V110, "multi");

        using var client = registry.CreateClient();
        Assert.NotEqual(first, second);
        Assert.Equal(second, await DigestAsync(client, "latest"));
        Assert.Equal(first, await DigestAsync(client, first));
        Assert.Equal(index, await DigestAsync(client, "multi"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Basic_authentication_lets_in_who_knows_the_password(bool tls)
    {
        Needs.Parts(Part.Registry, Part.Compiler, Part.Postgres, Part.MariaDb);
        await using var registry = await RegistryServer.StartAsync(new RegistryOptions { Auth = RegistryAuth.Basic, Tls = tls });
        await new TestImages(registry).PublishAsync(KmpRelease.V100);

        using var client = registry.CreateClient();
        using var refused = await client.GetAsync(TagList);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        client.DefaultRequestHeaders.Authorization = Basic(registry.Options);
        Assert.Equal(["v1.0.0"], await TagsAsync(client));
    }

    [Fact]
    public async Task Bearer_authentication_sends_a_client_to_the_token_service()
    {
        Needs.Parts(Part.Registry, Part.Compiler, Part.Postgres, Part.MariaDb);
        await using var registry = await RegistryServer.StartAsync(new RegistryOptions { Auth = RegistryAuth.Bearer });
        await new TestImages(registry).PublishAsync(KmpRelease.V100);

        using var client = registry.CreateClient();
        using var refused = await client.GetAsync(TagList);
        var challenge = Assert.Single(refused.Headers.WwwAuthenticate);
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.Contains($"realm=\"{registry.Tokens!.Realm}\"", challenge.Parameter);

        client.DefaultRequestHeaders.Authorization = Basic(registry.Options);
        var question = new Uri(registry.Tokens.Realm, $"token?service={TokenServer.Service}&scope=repository:{KmpImage.Repository}:pull");
        var answer = await client.GetFromJsonAsync<JsonObject>(question);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer!["token"]!.GetValue<string>());
        Assert.Equal(["v1.0.0"], await TagsAsync(client));
        Assert.True(Assert.Single(registry.Tokens.Requests).Granted);
    }

    [Fact]
    public async Task A_paused_registry_answers_again_on_the_same_port_with_the_same_images()
    {
        Needs.Parts(Part.Registry, Part.Compiler, Part.Postgres, Part.MariaDb);
        await using var registry = await RegistryServer.StartAsync();
        await new TestImages(registry).PublishAsync(KmpRelease.V100);
        using var client = registry.CreateClient();

        await registry.PauseAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => TagsAsync(client));
        await registry.ResumeAsync();
        Assert.Equal(["v1.0.0"], await TagsAsync(client));
    }

    private static AuthenticationHeaderValue Basic(RegistryOptions options) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}")));

    private static async Task<string[]> TagsAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonObject>(TagList))!["tags"]!.AsArray().Select(t => t!.GetValue<string>())];

    private static async Task<string> DigestAsync(HttpClient client, string reference)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"v2/{KmpImage.Repository}/manifests/{reference}");
        request.Headers.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
        request.Headers.Accept.ParseAdd(ImageIndex.MediaType);
        using var answer = await client.SendAsync(request);
        return answer.EnsureSuccessStatusCode().Headers.GetValues("Docker-Content-Digest").Single();
    }
}
