using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Tests.Releases.Doubles;
using UpgradeOps.TestKit;

namespace UpgradeOps.Engine.Tests.Releases.GitHub;

/// <summary>Which releases there are, which asset is meant, and what its bytes must be.</summary>
public sealed class GitHubReleaseSourceTests : IAsyncDisposable
{
    private readonly FakeGitHub github = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => github.DisposeAsync();

    [Fact]
    public async Task All_pages_are_read_and_ordered_and_drafts_do_not_exist()
    {
        github.PageSize = 2;
        github.Publish("v1.9.0");
        github.Publish("v1.10.0");
        github.Publish("v2.0.0", change: r => r with { Draft = true });
        github.Publish("v1.11.0", change: r => r with { Prerelease = true, Body = "Line\u001b[31m\r\n\tmore" });
        github.Publish("nightly");

        var list = await github.Source.ListAsync(Token);
        Assert.Equal([("v1.11.0", true), ("v1.10.0", false), ("v1.9.0", false)], list.Select(r => (r.Version, r.IsPrerelease!.Value)));
        Assert.Equal("Line [31m\n\tmore", list[0].Notes);
        Assert.Equal($"https://github.com/{FakeGitHub.Repository}/releases/tag/v1.9.0", list[2].Page);
        Assert.Equal((github.Server.Host + "/octo/notes", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)), (list[1].Source, list[1].PublishedAt));
        // The next page is asked for here, whatever host a link names.
        Assert.Equal(["/api/v3/repos/octo/notes/releases", "/api/v3/repositories/7/releases", "/api/v3/repositories/7/releases"], github.Server.Requests.Select(r => r.Path));
    }

    [Theory]
    [InlineData(null, null, "v1.1.0")]
    [InlineData("1.0.0", null, "v1.0.0")]
    [InlineData("v1.2.0", null, "v1.2.0")]
    [InlineData("nightly", null, "nightly")]
    [InlineData(null, "release", "v1.1.0")]
    [InlineData(null, "any", "v1.1.0")]
    [InlineData(null, "beta", "v1.3.0-rc.1")]
    [InlineData(null, "edge", "nightly")]
    public async Task A_release_is_found_by_version_and_channel(string? version, string? channel, string tag)
    {
        github.Releases = new ReleasesDefinition { Channels = new Dictionary<string, string> { ["release"] = "latest", ["any"] = "v*", ["beta"] = "*-rc*", ["edge"] = "nightly" } };
        foreach (var release in (string[])["v1.0.0", "v1.1.0", "v1.3.0-rc.1", "nightly"])
            github.Publish(release);
        // Its publisher calls it a pre-release, which its version does not tell.
        github.Publish("v1.2.0", change: r => r with { Prerelease = true });

        var found = await github.Source.ResolveAsync(version, channel, Token);
        Assert.Equal((tag, channel), (found.Tag, found.Channel));
        Assert.Equal($"sha256:{GitHubShapes.Sha256(Encoding.UTF8.GetBytes($"the archive of {tag}"))}", found.Digest);
        Assert.Equal($"the archive of {tag}".Length, found.SizeBytes);
        Assert.Equal(found.Digest, (await github.Source.PeekAsync(version, channel, Token)).Digest);
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_what_is()
    {
        github.Publish("v1.0.0");
        github.Publish("v1.1.0", change: r => r with { Unfinished = ["notes_1.1.0.tar.gz"] });
        await Expect.ErrorAsync(ErrorIds.ReleaseNotFound, () => github.Source.ResolveAsync("v7.0.0", null, Token), "v7.0.0", "v1.1.0");
        await Expect.ErrorAsync(ErrorIds.AssetMissing, () => github.Source.ResolveAsync("v1.1.0", null, Token), "notes_1.1.0.tar.gz", "checksums.txt");
    }

    [Theory]
    [InlineData("", "no file of checksums")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000  another.tar.gz\n", "does not name it")]
    [InlineData("00000000000000000000000000000000  notes_1.0.0.tar.gz\n", "neither SHA-256 nor SHA-512")]
    public async Task Without_a_checksum_nothing_is_resolved_unless_the_definition_says_so(string checksums, string why)
    {
        github.Publish("v1.0.0", checksums);
        await Expect.ErrorAsync(ErrorIds.ChecksumMissing, () => github.Source.ResolveAsync(null, null, Token), why);
        Assert.DoesNotContain(github.Server.Requests, r => r.Path.EndsWith($"/{FakeGitHub.IdOf("v1.0.0", "notes_1.0.0.tar.gz")}", StringComparison.Ordinal));

        github.Definition = github.Definition with { Checksums = "none" };
        var release = await github.Source.ResolveAsync(null, null, Token);
        Assert.StartsWith("sha256:", release.Digest);
        var finding = Assert.Single((await github.Source.HistoryAsync(new Deployment { Name = "notes" }, release, Token)).Findings);
        Assert.Equal((FindingSeverity.Warning, ErrorIds.ChecksumMissing), (finding.Severity, finding.ErrorId));
        Assert.Contains("GitHub's own digest", finding.Message);
    }

    [Fact]
    public async Task Where_nobody_knows_a_digest_a_replaced_asset_is_another_release()
    {
        github.Definition = github.Definition with { Checksums = "none" };
        github.Publish("v1.0.0", "", r => r with { HasDigests = false });
        var release = await github.Source.ResolveAsync(null, null, Token);
        Assert.Matches("^asset:[0-9a-f]{64}$", release.Digest);
        var findings = (await github.Source.HistoryAsync(new Deployment { Name = "notes", Source = release.Source, Tag = "v1.0.0", Digest = "asset:0" }, release, Token)).Findings;
        Assert.Equal([ErrorIds.ChecksumMissing, ErrorIds.TagMoved], findings.Select(f => f.ErrorId));
        Assert.Contains("Only its size", findings[0].Message);
    }

    [Fact]
    public async Task Publisher_and_GitHub_must_agree()
    {
        github.Publish("v1.0.0", change: r => r with { ClaimedDigests = new Dictionary<string, string> { ["notes_1.0.0.tar.gz"] = "sha256:" + new string('e', 64) } });
        await Expect.ErrorAsync(ErrorIds.DigestMismatch, () => github.Source.ResolveAsync(null, null, Token), "by GitHub", "checksums.txt", "one of them was replaced");
    }

    [Fact]
    public async Task A_file_of_checksums_that_was_changed_on_the_way_counts_for_nothing()
    {
        github.Publish("v1.0.0");
        github.AtStore = _ => new FakeReply(200, $"{new string('1', 64)}  notes_1.0.0.tar.gz\n");
        await Expect.ErrorAsync(ErrorIds.DigestMismatch, () => github.Source.ResolveAsync(null, null, Token), "checksums.txt");
    }

    [Theory]
    [InlineData("notes_1.0.0.tar.gz.sha256", null, true)]
    [InlineData("notes_1.0.0_checksums.txt", null, false)]
    [InlineData("SHA256SUMS", null, false)]
    [InlineData("sums-v1.0.0.asc", "sums-{tag}.asc", false)]
    [InlineData("notes_1.0.0.tar.gz.sum", "{asset}.sum", true)]
    public async Task The_file_of_checksums_is_found(string file, string? declared, bool alone)
    {
        github.Definition = github.Definition with { Checksums = declared };
        var sum = GitHubShapes.Sha256("the archive of v1.0.0"u8.ToArray());
        github.Publish("v1.0.0", "", r => r with { Assets = new Dictionary<string, byte[]>(r.Assets) { [file] = Encoding.UTF8.GetBytes(alone ? sum : $"{sum}  notes_1.0.0.tar.gz\n") } });
        Assert.Equal($"sha256:{sum}", (await github.Source.ResolveAsync(null, null, Token)).Digest);
        Assert.Contains($"sha256:{sum} of {file}", (await github.Assets.ChooseAsync("v1.0.0", Token)).Verified);
    }

    [Fact]
    public async Task What_did_not_change_is_not_sent_again()
    {
        github.Publish("v1.0.0");
        Assert.Single(await github.Source.ListAsync(Token));
        Assert.Single(await github.Source.ListAsync(Token));
        Assert.Null(github.Server.Requests.First().Headers.GetValueOrDefault("If-None-Match"));
        Assert.StartsWith("W/\"", github.Server.Requests.Last().Headers["If-None-Match"]);
        github.Publish("v1.1.0");
        Assert.Equal(2, (await github.Source.ListAsync(Token)).Count);
    }

    [Fact]
    public async Task The_token_goes_to_the_API_and_nowhere_else()
    {
        github.Definition = github.Definition with { Token = "env:T" };
        github.Publish("v1.0.0");
        await github.Source.ResolveAsync(null, null, Token);
        Assert.All(github.Server.Requests, r => Assert.Equal("Bearer the token of env:T", r.Authorization));
        Assert.All(github.Server.Requests, r => Assert.Equal("2022-11-28", r.Headers["X-GitHub-Api-Version"]));
        Assert.Null(Assert.Single(github.Store.Requests).Authorization);
    }

    [Theory]
    [InlineData("http://192.0.2.1/store/1")]
    [InlineData("file:///etc/passwd")]
    public async Task Nobody_is_followed_into_plain_text_or_files(string location)
    {
        github.Publish("v1.0.0");
        github.Intercept = r => r.Path.Contains("/assets/", StringComparison.Ordinal) ? new FakeReply(302, "", ("Location", location)) : null;
        await Expect.ErrorAsync(ErrorIds.RepositoryFailed, () => github.Source.ResolveAsync(null, null, Token), "302");
    }

    [Theory]
    [InlineData(401, ErrorIds.RepositoryUnauthorized, "Bad words")]
    [InlineData(403, ErrorIds.RepositoryUnauthorized, "does not let us have its releases")]
    [InlineData(404, ErrorIds.RepositoryMissing, "private")]
    [InlineData(422, ErrorIds.RepositoryFailed, "422")]
    public async Task Refusals_are_told_apart(int status, string errorId, string word)
    {
        github.Intercept = _ => new FakeReply(status, GitHubShapes.Error("Bad words", status).ToJsonString());
        await Expect.ErrorAsync(errorId, () => github.Source.ListAsync(Token), word, "octo/notes");
        Assert.Single(github.Server.Requests);
    }

    [Theory]
    [InlineData(403, "x-ratelimit-remaining", "0", "40 min")]
    [InlineData(403, "Retry-After", "3600", "60 min")]
    [InlineData(429, "Retry-After", "3600", "60 min")]
    public async Task A_limit_that_lasts_is_told_with_its_end(int status, string header, string value, string wait)
    {
        github.Intercept = _ => new FakeReply(status, "{}", (header, value), ("x-ratelimit-reset", $"{github.Time.GetUtcNow().AddMinutes(40).ToUnixTimeSeconds()}"));
        await Expect.ErrorAsync(ErrorIds.RepositoryRateLimited, () => github.Source.ListAsync(Token), wait);
        Assert.Single(github.Server.Requests);
    }

    [Fact]
    public async Task A_short_limit_is_waited_for()
    {
        github.Publish("v1.0.0");
        github.Intercept = _ => github.Server.Requests.Count == 1 ? new FakeReply(403, "{}", ("Retry-After", "7")) : null;
        Assert.Single(await github.Source.ListAsync(Token));
        Assert.Equal([TimeSpan.FromSeconds(7)], github.Time.Pauses);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[{\"draft\":false}]")]
    [InlineData("[{\"tag_name\":\"v1.0.0\",\"assets\":[{\"name\":\"a\",\"id\":1,\"size\":-1}]}]")]
    [InlineData("[{\"tag_name\":\"v1.0.0\",\"assets\":[{\"name\":\"a\",\"id\":\"x\",\"size\":1}]}]")]
    [InlineData("<html>")]
    public async Task An_answer_that_is_no_list_is_told(string body)
    {
        github.Intercept = _ => new FakeReply(200, body);
        await Expect.ErrorAsync(ErrorIds.RepositoryFailed, () => github.Source.ListAsync(Token), "cannot be read");
    }
}
