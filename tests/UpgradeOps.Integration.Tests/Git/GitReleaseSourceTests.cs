namespace UpgradeOps.Integration.Git;

/// <summary>Releases from a real git repository.</summary>
public sealed class GitReleaseSourceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_and_heads_of_branches_are_releases_with_their_commits_times_and_notes()
    {
        using var rig = await GitRig.OpenAsync();
        var first = await rig.Workshop.CommitAsync("First", ("run", "1"), ("CHANGELOG.md", "# Changes\n\n## v1.0.0\n\n- It begins.\n\n## v0.9.0\n\n- Before.\n"));
        await rig.Workshop.TagAsync("v1.0.0", "Not this: the changelog says more.");
        await rig.Workshop.TagAsync("not-a-version");
        var second = await rig.Workshop.CommitAsync("Second", ("run", "22"));
        await rig.Workshop.TagAsync("v1.10.0", "Better.\n\nAnd\u001b[31m faster.");
        var third = await rig.Workshop.CommitAsync("Third", ("run", "333"));
        var (source, _) = rig.Open();

        var list = await source.ListAsync(Token);
        Assert.Equal(["v1.10.0", "v1.0.0", $"main-{third[..12]}"], list.Select(r => r.Version));
        Assert.Equal([$"sha1:{second}", $"sha1:{first}", $"sha1:{third}"], list.Select(r => r.Digest));
        Assert.True(list[0].PublishedAt > list[1].PublishedAt);

        var resolved = await source.ResolveAsync(null, "stable", Token);
        Assert.Equal(("v1.10.0", "v1.10.0", "stable", $"sha1:{second}"), (resolved.Version, resolved.Tag, resolved.Channel, resolved.Digest));
        Assert.Equal("Better.\n\nAnd [31m faster.", resolved.Notes);
        var old = await source.ResolveAsync("1.0.0", null, Token);
        Assert.Equal(("v1.0.0", "- It begins."), (old.Version, old.Notes));
        Assert.Equal(1 + "# Changes\n\n## v1.0.0\n\n- It begins.\n\n## v0.9.0\n\n- Before.\n".Length, old.SizeBytes);

        var head = await source.ResolveAsync(null, "main", Token);
        Assert.Equal(($"main-{third[..12]}", "main"), (head.Version, head.Channel));
        Assert.Equal(head.Digest, (await source.PeekAsync(null, "main", Token)).Digest);
        foreach (var name in new[] { head.Version, third, third[..8] })
            Assert.Equal(head.Digest, (await source.ResolveAsync(name, null, Token)).Digest);
        Assert.Equal("v1.10.0", (await source.PeekAsync(null, null, Token)).Version);

        // A head that is a tagged version is called by it.
        await rig.Workshop.TagAsync("v1.11.0");
        Assert.Equal("v1.11.0", (await source.ResolveAsync(null, "main", Token)).Version);
    }

    [Fact]
    public async Task To_peek_writes_nothing()
    {
        using var rig = await GitRig.OpenAsync();
        await rig.Workshop.CommitAsync("First", ("run", "1"));
        await rig.Workshop.TagAsync("v1.0.0");
        await rig.Open().Source.PeekAsync("v1.0.0", null, Token);
        Assert.Empty(Directory.GetFileSystemEntries(rig.App));
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_the_nearest()
    {
        using var rig = await GitRig.OpenAsync();
        await rig.Workshop.CommitAsync("First", ("run", "1"));
        await rig.Workshop.TagAsync("v1.2.0");
        var (source, _) = rig.Open();
        foreach (var ask in new[] { () => source.ResolveAsync("v1.2.9", null, Token), () => source.PeekAsync("v1.2.9", null, Token) })
        {
            var error = await Assert.ThrowsAsync<AppException>(ask);
            Assert.Equal(ErrorIds.ReleaseNotFound, error.ErrorId);
            Assert.Contains("v1.2.0", error.Message);
        }

        var branch = await Assert.ThrowsAsync<AppException>(() => source.ResolveAsync(null, "gone", Token));
        Assert.Equal(ErrorIds.ReleaseNotFound, branch.ErrorId);
        Assert.Contains("There are main", branch.Message);
        Assert.Equal(ErrorIds.ReleaseNotFound, (await Assert.ThrowsAsync<AppException>(() => source.ResolveAsync("0123456789abcdef", null, Token))).ErrorId);
    }

    [Fact]
    public async Task The_way_tells_its_commits_and_what_speaks_against_it()
    {
        using var rig = await GitRig.OpenAsync();
        await rig.Workshop.CommitAsync("First", ("run", "1"));
        await rig.Workshop.TagAsync("v1.0.0");
        var (source, _) = rig.Open();
        var old = await source.ResolveAsync("v1.0.0", null, Token);
        var second = await rig.Workshop.CommitAsync("Second\u001b[2J | with a bar", ("run", "2"));
        var third = await rig.Workshop.CommitAsync("Third", ("run", "3"));
        await rig.Workshop.TagAsync("v1.1.0");
        var next = await source.ResolveAsync("v1.1.0", null, Token);

        var ahead = await source.HistoryAsync(GitRig.Installed(old), next, Token);
        Assert.Equal([(third, "Ada", "Third"), (second, "Ada", "Second [2J | with a bar")], ahead.Commits.Select(c => (c.Id, c.Author, c.Subject)));
        Assert.True(ahead.Commits[0].At > ahead.Commits[1].At);
        Assert.Empty(ahead.Findings);

        var behind = await source.HistoryAsync(GitRig.Installed(next), old, Token);
        Assert.Equal([(ErrorIds.NotNewer, FindingSeverity.Blocker)], behind.Findings.Select(f => (f.ErrorId, f.Severity)));

        // Somebody rewrites the branch, and moves the tag.
        await rig.Workshop.GitAsync("reset", "-q", "--hard", "v1.0.0");
        await rig.Workshop.CommitAsync("Another second", ("run", "4"));
        var rewritten = await source.HistoryAsync(GitRig.Installed(next), await source.ResolveAsync(null, "main", Token), Token);
        Assert.Equal([(ErrorIds.HistoryRewritten, FindingSeverity.Blocker)], rewritten.Findings.Select(f => (f.ErrorId, f.Severity)));
        Assert.Equal(["Another second"], rewritten.Commits.Select(c => c.Subject));
        await rig.Workshop.TagAsync("v1.1.0");
        var moved = await source.HistoryAsync(GitRig.Installed(next), await source.ResolveAsync("v1.1.0", null, Token), Token);
        Assert.Equal([(ErrorIds.TagMoved, FindingSeverity.Warning)], moved.Findings.Select(f => (f.ErrorId, f.Severity)));
    }

    [Fact]
    public async Task A_repository_that_cannot_be_had_says_why()
    {
        using var rig = await GitRig.OpenAsync();
        async Task<AppException> FailAsync(string git) => await Assert.ThrowsAsync<AppException>(() => rig.Open(r => r with { Git = git }).Source.ResolveAsync("v1", null, Token));
        Assert.Equal(ErrorIds.RepositoryMissing, (await FailAsync(rig["nowhere"])).ErrorId);
        Assert.Equal(ErrorIds.RepositoryMissing, (await FailAsync($"file://{rig["nowhere"]}")).ErrorId);
        var port = FreePort.Next();
        Assert.Equal(ErrorIds.RepositoryUnreachable, (await FailAsync($"https://127.0.0.1:{port}/notes.git")).ErrorId);
        Assert.Equal(ErrorIds.RepositoryUnreachable, (await FailAsync($"ssh://git@127.0.0.1:{port}/notes.git")).ErrorId);
        Directory.Delete(rig.App, recursive: true);
        Assert.Equal(ErrorIds.HostFileFailed, (await FailAsync(rig.Workshop.Origin)).ErrorId);
        Assert.False(Directory.Exists(rig.App));
    }

    [Fact]
    public async Task A_damaged_copy_is_made_anew_and_locks_of_the_dead_do_no_harm()
    {
        using var rig = await GitRig.OpenAsync();
        await rig.Workshop.CommitAsync("First", ("run", "1"));
        await rig.Workshop.TagAsync("v1.0.0");
        var (source, _) = rig.Open();
        var before = await source.ResolveAsync("v1.0.0", null, Token);
        await File.WriteAllTextAsync(Path.Combine(rig.Copy, "refs/heads/main.lock"), "", Token);
        await rig.Workshop.CommitAsync("Second", ("run", "2"));
        Assert.NotEqual(before.Digest, (await source.ResolveAsync(null, "main", Token)).Digest);

        foreach (var file in Directory.GetFiles(Path.Combine(rig.Copy, "objects"), "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.WriteAllBytesAsync(file, [], Token);
        }

        await rig.Workshop.CommitAsync("Third", ("run", "3"));
        Assert.Equal(before.Digest, (await source.ResolveAsync("v1.0.0", null, Token)).Digest);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(rig.Copy));
    }

    [Theory]
    [InlineData("--depth=1", "shallow clone")]
    [InlineData("--filter=blob:none", "partial clone")]
    public async Task A_clone_that_has_not_everything_is_told_and_one_that_says_where_it_comes_from_stands_for_that(string option, string told)
    {
        using var rig = await GitRig.OpenAsync();
        await rig.Workshop.GitAsync("-C", rig.Workshop.Origin, "config", "uploadpack.allowFilter", "true");
        await rig.Workshop.CommitAsync("First", ("run", "1"));
        await rig.Workshop.TagAsync("v1.0.0");
        await rig.Workshop.CommitAsync("Second", ("run", "2"));
        await rig.Workshop.TagAsync("v1.1.0");
        await rig.Workshop.GitAsync("clone", "-q", "--no-checkout", option, $"file://{rig.Workshop.Origin}", rig["checkout"]);
        Assert.Equal("v1.0.0", (await rig.Open(r => r with { Git = rig["checkout"] }).Source.ResolveAsync("v1.0.0", null, Token)).Version);

        Directory.Delete(rig.Copy, recursive: true);
        await rig.Workshop.GitAsync("clone", "-q", "--bare", option, $"file://{rig.Workshop.Origin}", rig["bare.git"]);
        foreach (var address in (string[])[rig["bare.git"], $"file://{rig["bare.git"]}"])
        {
            var error = await Assert.ThrowsAsync<AppException>(() => rig.Open(r => r with { Git = address }).Source.ResolveAsync("v1.1.0", null, Token));
            Assert.Equal(ErrorIds.RepositoryIncomplete, error.ErrorId);
            Assert.Contains(told, error.Message);
        }
    }

    [Fact]
    public async Task A_checkout_stands_for_its_origin_and_is_only_looked_at()
    {
        using var rig = await GitRig.OpenAsync();
        await rig.Workshop.CommitAsync("First", ("run", "1"));
        await rig.Workshop.TagAsync("v1.0.0");
        var (source, _) = rig.Open(r => r with { Git = rig.Workshop.Checkout });
        var release = await source.ResolveAsync("v1.0.0", null, Token);
        Assert.Empty((await source.HistoryAsync(new Deployment { Name = "notes" }, release, Token)).Findings);

        await File.WriteAllTextAsync(Path.Combine(rig.Workshop.Checkout, "run"), "edited by hand", Token);
        var dirty = (await source.HistoryAsync(new Deployment { Name = "notes" }, release, Token)).Findings;
        Assert.Equal([(ErrorIds.CheckoutDirty, FindingSeverity.Warning)], dirty.Select(f => (f.ErrorId, f.Severity)));
        Assert.Contains("M run", dirty[0].Message);

        await rig.Workshop.GitAsync("commit", "-q", "-a", "-m", "Mine alone");
        var diverged = (await source.HistoryAsync(new Deployment { Name = "notes" }, release, Token)).Findings;
        Assert.Equal([(ErrorIds.CheckoutDiverged, FindingSeverity.Warning)], diverged.Select(f => (f.ErrorId, f.Severity)));
        Assert.Equal(release.Digest, (await source.ResolveAsync(null, "main", Token)).Digest);
        Assert.Equal("Mine alone", (await rig.Workshop.GitAsync("log", "-1", "--format=%s")).Trim());
    }
}
