using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Registry;

public class TagListTests
{
    [Theory]
    [InlineData("</v2/team/kmp/tags/list?n=2&last={0}>; rel=\"next\"")]
    [InlineData("<http://inside.example:8080/v2/team/kmp/tags/list?n=2&last={0}>; rel=next")]
    [InlineData("<?n=2&last={0}>;rel=\"next\"")]
    [InlineData("</other>; rel=\"first\",</v2/team/kmp/tags/list?last={0}>; title=x; rel=\"next\"")]
    public async Task Pages_are_followed_to_the_end_and_never_to_another_host(string link)
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = r => r.Query.Split("last=") switch
        {
            [_, "b"] => Page("""{"tags":["c","d"]}""", link, "d"),
            [_, "d"] => Page("""{"tags":["e"]}"""),
            _ => Page("""{"tags":["a","b"]}""", link, "b"),
        };

        Assert.Equal(["a", "b", "c", "d", "e"], await registry.Open().ListTagsAsync(default));
        Assert.Equal(3, registry.Server.Requests.Count);
    }

    [Fact]
    public async Task Pages_that_go_round_in_a_circle_are_an_error()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = _ => Page("""{"tags":["a"]}""", "</v2/team/kmp/tags/list?n=1000>; rel=\"next\"");
        await Expect.ErrorAsync(ErrorIds.RegistryFailed, () => registry.Open().ListTagsAsync(default), registry.Image, "pages do not end");
    }

    [Fact]
    public async Task A_registry_that_refuses_large_pages_is_asked_for_its_own_size()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = r => r.Query == "n=1000"
            ? FakeRegistry.Error(400, "TOO_MANY_TAGS_REQUESTED", "max is 100")
            : Page("""{"tags":["a"]}""");
        Assert.Equal(["a"], await registry.Open().ListTagsAsync(default));
    }

    [Fact]
    public async Task A_repository_without_tags_is_empty()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = _ => Page("""{"name":"team/kmp","tags":null}""");
        Assert.Empty(await registry.Open().ListTagsAsync(default));
    }

    [Fact]
    public async Task A_repository_that_is_not_there_is_named()
    {
        await using var registry = new FakeRegistry();
        await Expect.ErrorAsync(ErrorIds.ReleaseNotFound, () => registry.Open("team/other").ListTagsAsync(default), "has no repository team/other");
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("""{"tags":[1]}""")]
    public async Task Nonsense_is_an_error(string body)
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = _ => Page(body);
        await Expect.ErrorAsync(ErrorIds.RegistryFailed, () => registry.Open().ListTagsAsync(default), "list of tags");
    }

    private static FakeReply Page(string body, string? link = null, string last = "") =>
        link is null ? new FakeReply(200, body) : new FakeReply(200, body, ("Link", link.Replace("{0}", last)));
}
