using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Releases;
using UpgradeOps.Engine.Releases.GitHub;
using UpgradeOps.Engine.Releases.Registry.Http;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.GitHub;

/// <summary>Releases that come from elsewhere, with notes that are on GitHub.</summary>
public sealed class GitHubChangelogTests : IAsyncDisposable
{
    private const string Page = "https://github.com/octo/notes/releases/tag/v1.2.0";

    private readonly FakeGitHub github = new();
    private readonly Elsewhere elsewhere = new() { Release = new Release { Name = "notes", Version = "v1.2.0", Tag = "v1.2.0", Source = "elsewhere", Notes = Page } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private GitHubChangelog Changelog => new(elsewhere, new GitHubApi(
        new GitHubPlace { Repository = FakeGitHub.Repository, Api = github.Definition.Api },
        new RegistryWire(RegistryHandlers.Get([], viaProxy: false), new RetryPolicy { Jitter = () => 1 }, github.Time, new GitHubDialect()), github, github.Cache, github.Time));

    public ValueTask DisposeAsync() => github.DisposeAsync();

    [Theory]
    [InlineData("v1.2.0", "v1.2.0")]
    [InlineData("1.2.0", "v1.2.0")]
    [InlineData("v1.2.0", "1.2.0")]
    [InlineData("latest", "v1.2.0")]
    public async Task Notes_are_those_of_the_release_with_the_same_version(string tag, string there)
    {
        github.Publish("v1.1.0");
        github.Publish(there);
        elsewhere.Release = elsewhere.Release with { Tag = tag, Version = tag == "1.2.0" ? "1.2.0" : "v1.2.0" };

        var changelog = Changelog;
        var release = await changelog.ResolveAsync(null, null, Token);
        Assert.Equal($"What {there} brings.", release.Notes);
        Assert.Equal((tag, "elsewhere"), (release.Tag, release.Source));
        Assert.NotNull(release.PublishedAt);
        Assert.Empty((await changelog.HistoryAsync(new Deployment { Name = "notes" }, release, Token)).Findings);
        Assert.Equal($"What {there} brings.", Assert.Single(await changelog.ListAsync(Token)).Notes);
    }

    [Fact]
    public async Task What_the_source_knows_itself_counts_and_nobody_is_asked()
    {
        github.Publish("v1.2.0");
        elsewhere.Release = elsewhere.Release with { Notes = "The section of its own CHANGELOG." };

        Assert.Equal("The section of its own CHANGELOG.", (await Changelog.ResolveAsync(null, null, Token)).Notes);
        Assert.Empty(github.Server.Requests);
    }

    [Fact]
    public async Task A_release_that_is_not_on_GitHub_keeps_the_address()
    {
        github.Publish("v1.1.0");

        var changelog = Changelog;
        var release = await changelog.ResolveAsync(null, null, Token);
        Assert.Equal(Page, release.Notes);
        Assert.Empty((await changelog.HistoryAsync(new Deployment { Name = "notes" }, release, Token)).Findings);
    }

    [Theory]
    [InlineData(401, "refused the token (401)")]
    [InlineData(500, "answered 500")]
    public async Task Trouble_with_GitHub_is_told_and_stands_in_no_updates_way(int status, string said)
    {
        github.Intercept = r => new FakeReply(status, "{}");

        var changelog = Changelog;
        Assert.Equal(Page, Assert.Single(await changelog.ListAsync(Token)).Notes);
        var release = await changelog.ResolveAsync(null, null, Token);
        Assert.Equal(Page, release.Notes);
        var finding = Assert.Single((await changelog.HistoryAsync(new Deployment { Name = "notes" }, release, Token)).Findings);
        Assert.Equal((ErrorIds.ReleaseNotesMissing, FindingSeverity.Information), (finding.ErrorId, finding.Severity));
        Assert.Contains(said, finding.Message, StringComparison.Ordinal);
        Assert.Contains(Page, finding.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_none_is_told_too()
    {
        github.Intercept = r => new FakeReply(200, "<html>");

        var changelog = Changelog;
        var release = await changelog.ResolveAsync(null, null, Token);
        Assert.Contains("cannot be read", Assert.Single((await changelog.HistoryAsync(new Deployment { Name = "notes" }, release, Token)).Findings).Message, StringComparison.Ordinal);
    }

    private sealed class Elsewhere : IReleaseSource
    {
        public required Release Release { get; set; }

        public Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Release>>([Release]);

        public Task<Release> PeekAsync(string? version, string? channel, CancellationToken cancellationToken) => Task.FromResult(Release);

        public Task<Release> ResolveAsync(string? version, string? channel, CancellationToken cancellationToken) => Task.FromResult(Release);
    }
}
