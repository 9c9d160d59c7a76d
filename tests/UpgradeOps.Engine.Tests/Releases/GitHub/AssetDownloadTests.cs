using UpgradeOps.Engine.Releases.GitHub;
using UpgradeOps.Engine.Tests.Hosts;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.GitHub;

/// <summary>Downloads that are cut, gone on with, answered wrongly or changed on the way.</summary>
public sealed class AssetDownloadTests : IAsyncDisposable
{
    private const string Text = "the archive of v1.0.0";
    private const string Name = "notes_1.0.0.tar.gz";

    private readonly FakeGitHub github = new();
    private readonly TempFolder folder = new();
    private readonly List<long> told = [];

    public AssetDownloadTests() => github.Publish("v1.0.0");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => folder["asset"];

    private IEnumerable<FakeRequest> Asked => github.Store.Requests.Where(r => r.Path.EndsWith($"/{FakeGitHub.IdOf("v1.0.0", Name)}", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await github.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task It_comes_whole_and_tells_how_far_it_is()
    {
        await FetchAsync();
        Assert.Equal((Text, (long)Text.Length), (System.IO.File.ReadAllText(File), told[^1]));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public async Task After_a_cut_it_goes_on_and_only_with_the_same_bytes()
    {
        github.AtStore = r => Mine(r) ? Part(r, cutAfter: Asked.Count() == 1 ? 5 : null) : null;
        await FetchAsync();
        Assert.Equal(Text, System.IO.File.ReadAllText(File));
        Assert.Equal([null, "bytes=5-"], Asked.Select(r => r.Headers.GetValueOrDefault("Range")));
        Assert.Equal("\"one\"", Asked.Last().Headers["If-Range"]);
    }

    [Fact]
    public async Task Where_the_bytes_became_others_it_begins_anew()
    {
        // The server knows ranges, but sends the whole since the tag is not the one that is asked for.
        github.AtStore = r => Mine(r) ? Asked.Count() == 1 ? Part(r, cutAfter: 5) : new FakeReply(200, Text, ("ETag", "\"two\"")) : null;
        await FetchAsync();
        Assert.Equal(Text, System.IO.File.ReadAllText(File));
    }

    [Theory]
    [InlineData("the archive ", "bytes=12-")]
    [InlineData("XXX archive ", "bytes=12-")]
    public async Task What_a_killed_process_left_is_gone_on_with_and_begun_anew_when_it_was_damaged(string left, string range)
    {
        System.IO.File.WriteAllText(File, left);
        github.AtStore = r => Mine(r) ? Part(r) : null;
        await FetchAsync();
        Assert.Equal(Text, System.IO.File.ReadAllText(File));
        Assert.Equal(left[0] == 'X' ? [range, null] : [range], Asked.Select(r => r.Headers.GetValueOrDefault("Range")));
    }

    [Theory]
    [InlineData(206, "bytes 0-3/21")]
    [InlineData(206, "bytes 12-20/99")]
    [InlineData(416, null)]
    public async Task A_wrong_part_is_not_put_behind_the_first(int status, string? part)
    {
        System.IO.File.WriteAllText(File, "the archive ");
        github.AtStore = r => Mine(r) && r.Headers.ContainsKey("Range") ? new FakeReply(status, "xxxx", part is null ? [] : [("Content-Range", part)]) : null;
        await FetchAsync();
        Assert.Equal(Text, System.IO.File.ReadAllText(File));
    }

    [Theory]
    [InlineData("the archive of v1.0.1", "must be sha256:")]
    [InlineData("the archive of v1.0.0 and more", "longer than")]
    public async Task Other_bytes_than_were_promised_are_refused_and_removed(string bytes, string why)
    {
        github.AtStore = r => Mine(r) ? new FakeReply(200, bytes) : null;
        await Expect.ErrorAsync(ErrorIds.DigestMismatch, FetchAsync, why);
        Assert.DoesNotContain("1.0.1", System.IO.File.ReadAllText(File));
    }

    [Fact]
    public async Task A_store_that_never_sends_all_is_given_up()
    {
        github.AtStore = r => Mine(r) ? Part(r, cutAfter: 0) : null;
        await Expect.ErrorAsync(ErrorIds.RepositoryFailed, FetchAsync, "4 tries");
        Assert.Equal(4, Asked.Count());
    }

    [Theory]
    [InlineData(403, ErrorIds.RepositoryUnauthorized)]
    [InlineData(404, ErrorIds.RepositoryMissing)]
    [InlineData(503, ErrorIds.RepositoryFailed)]
    public async Task A_store_that_refuses_is_told(int status, string errorId)
    {
        github.AtStore = r => Mine(r) ? new FakeReply(status, "<Error/>") : null;
        await Expect.ErrorAsync(errorId, FetchAsync, $"{status}");
        Assert.Equal(status == 503 ? 4 : 1, Asked.Count());
    }

    [Fact]
    public async Task Bytes_that_nobody_has_a_digest_of_are_never_put_together_from_two_downloads()
    {
        github.Definition = github.Definition with { Checksums = "none" };
        github.Publish("v2.0.0", "", r => r with { HasDigests = false });
        System.IO.File.WriteAllText(File, "XXX archive ");
        await new AssetDownload(github.Api).FetchAsync(await github.Assets.ChooseAsync("v2.0.0", Token), File, told.Add, Token);
        Assert.Equal("the archive of v2.0.0", System.IO.File.ReadAllText(File));
        Assert.DoesNotContain(github.Store.Requests, r => r.Headers.ContainsKey("Range"));
    }

    private static bool Mine(FakeRequest request) => request.Path.EndsWith($"/{FakeGitHub.IdOf("v1.0.0", Name)}", StringComparison.Ordinal);

    private static FakeReply Part(FakeRequest request, int? cutAfter = null)
    {
        var from = request.Headers.TryGetValue("Range", out var range) ? int.Parse(range["bytes=".Length..^1]) : 0;
        (string, string)[] headers = [("ETag", "\"one\""), .. from == 0 ? ((string, string)[])[] : [("Content-Range", $"bytes {from}-{Text.Length - 1}/{Text.Length}")]];
        return new FakeReply(from == 0 ? 200 : 206, Text[from..], headers) { CutAfter = cutAfter };
    }

    private async Task FetchAsync() => await new AssetDownload(github.Api).FetchAsync(await github.Assets.ChooseAsync("v1.0.0", Token), File, told.Add, Token);
}
