using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Tests.Releases.Git;

/// <summary>What git and people write, read without git.</summary>
public sealed class GitTextTests
{
    [Theory]
    [InlineData("https://git.example.org/a/b.git", true)]
    [InlineData("ssh://git@git.example.org:2222/a/b.git", true)]
    [InlineData("git@git.example.org:a/b.git", true)]
    [InlineData("file:///srv/b.git", true)]
    [InlineData("http://127.0.0.1:8080/b.git", true)]
    [InlineData("/srv/b.git", false)]
    [InlineData("../b", false)]
    public void Addresses_and_paths_are_told_apart(string text, bool isUrl) =>
        Assert.Equal((isUrl, false), (GitAddress.IsUrl(text), GitAddress.IsRefused(text)));

    [Theory]
    [InlineData("")]
    [InlineData("-u/bin/sh")]
    [InlineData("ext::sh -c id")]
    [InlineData("http://git.example.org/a.git")]
    [InlineData("https://user:secret@git.example.org/a.git")]
    [InlineData("ssh://-oProxyCommand=id/a")]
    [InlineData("git://git.example.org/a.git")]
    [InlineData("https://git.example.org/a b\nc")]
    public void What_runs_commands_or_carries_passwords_is_refused(string text) => Assert.True(GitAddress.IsRefused(text));

    [Theory]
    [InlineData("1.2.0", "two")]
    [InlineData("v1.2.0", "two")]
    [InlineData("1.2.0-rc.1", "candidate")]
    [InlineData("1.2", null)]
    [InlineData("0.9.0", "nine\n\n### Fixed\n\n- all")]
    [InlineData("0.8.0", null)]
    [InlineData("0.7.0", "under a rule")]
    public void The_changelog_says_something_about_a_version(string version, string? expected) => Assert.Equal(expected, ChangelogSection.Find(
        "# Changelog of 3.0.0\r\n\n## [Unreleased]\n\nnew\n\n## [1.2.0] - 2026-01-02\n\ntwo\n\n## 1.2.0-rc.1\n\ncandidate\n\n## v0.9.0 (since 2025)\n\nnine\n\n### Fixed\n\n- all\n\n## 0.8.0\n\n## Old\n\n0.7.0\n-----\n\nunder a rule\n",
        version));

    [Fact]
    public void An_annotated_tag_of_a_remote_is_its_commit()
    {
        var refs = GitRefs.FromRemote("aa\trefs/heads/main\nbb\trefs/tags/v1\ncc\trefs/tags/v1^{}\ndd\trefs/tags/v2\n");
        Assert.Equal(("aa", "cc", "dd"), (refs.Heads["main"].Commit, refs.Tags["v1"].Commit, refs.Tags["v2"].Commit));
    }

    [Theory]
    [InlineData("/srv/a:b.git", "https:ssh:file")]
    [InlineData("file:///srv/b.git", "https:ssh:file")]
    [InlineData("https://git.example.org/a.git", "https:ssh")]
    [InlineData("git@git.example.org:a.git", "https:ssh")]
    [InlineData("git.example.org:a.git", "https:ssh")]
    [InlineData("http://localhost:8080/a.git", "https:ssh:http")]
    [InlineData("http://git.example.org/a.git", "https:ssh")]
    [InlineData(null, "https:ssh")]
    public void A_repository_opens_only_the_ways_by_which_it_is_reached_itself(string? address, string protocols) =>
        Assert.Equal(protocols, GitAddress.Protocols(address));

    [Theory]
    [InlineData("git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.", ErrorIds.RepositoryUnauthorized)]
    [InlineData("Host key verification failed.\nfatal: Could not read from remote repository.", ErrorIds.HostKeyUnknown)]
    [InlineData("fatal: could not read Username for 'https://h': terminal prompts disabled", ErrorIds.RepositoryUnauthorized)]
    [InlineData("fatal: unable to access 'https://h/': Could not resolve host: h", ErrorIds.RepositoryUnreachable)]
    [InlineData("fatal: unable to access 'https://h/': The requested URL returned error: 503", ErrorIds.RepositoryUnreachable)]
    [InlineData("remote: Repository not found.\nfatal: repository 'https://h/a/' not found", ErrorIds.RepositoryMissing)]
    [InlineData("fatal: something else", ErrorIds.RepositoryFailed)]
    public async Task What_git_says_becomes_an_error(string words, string errorId)
    {
        await using var host = new LocalHost();
        Assert.Equal(errorId, GitFailure.Of(new CommandResult(128, "", words), host, "https://h/a", "it cannot be fetched").ErrorId);
    }

    [Fact]
    public async Task No_error_repeats_a_password()
    {
        await using var host = new LocalHost();
        var error = GitFailure.Of(new CommandResult(128, "", "fatal: unable to access 'https://ada:secret@h/a/': no"), host, "/srv/a", "it cannot be fetched");
        Assert.DoesNotContain("secret", error.Message);
    }
}
