using UpgradeOps.Engine.Platforms.Compose.Mounts;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Tests.Compose;

public sealed class MountRuleTests
{
    private const string File = "100644";
    private const string Program = "100755";

    /// <summary>What each commit has ("-" for nothing), and which of it stands in the folder.</summary>
    [Theory]
    // Nobody edited it.
    [InlineData("1", "1", "1", nameof(MountFate.Stays))]
    [InlineData("1", "2", "1", nameof(MountFate.Follows))]
    [InlineData("1", "2", "2", nameof(MountFate.Stays))]
    [InlineData("1", "-", "1", nameof(MountFate.Follows))]
    [InlineData("-", "2", "-", nameof(MountFate.Follows))]
    [InlineData("-", "2", "2", nameof(MountFate.Stays))]
    // Gone from here: git brings back what the commit changed, and nothing else.
    [InlineData("1", "1", "-", nameof(MountFate.Stays))]
    [InlineData("1", "2", "-", nameof(MountFate.Follows))]
    [InlineData("1", "-", "-", nameof(MountFate.Stays))]
    // Something else stands here.
    [InlineData("1", "1", "x", nameof(MountFate.AsItsHistorySays))]
    [InlineData("1", "2", "x", nameof(MountFate.AsItsHistorySays))]
    [InlineData("1", "-", "x", nameof(MountFate.AsItsHistorySays))]
    [InlineData("-", "2", "x", nameof(MountFate.AsItsHistorySays))]
    public void A_file_follows_the_commit_where_nobody_edited_it(string running, string target, string here, string fate) =>
        Assert.Equal(fate, MountRule.Of(Tracked(running, here), Tracked(target, here), known: true, mounted: true).ToString());

    [Theory]
    [InlineData("1", "1", nameof(MountFate.Stays))]
    [InlineData("1", "2", nameof(MountFate.IsEdited))]
    [InlineData("1", "-", nameof(MountFate.IsEdited))]
    [InlineData("-", "2", nameof(MountFate.IsEdited))]
    public void What_no_commit_had_is_an_edit_that_counts_where_the_commits_agree(string running, string target, string fate)
    {
        Assert.Equal(fate, MountRule.AfterHistory(Tracked(running, "x"), Tracked(target, "x"), known: true, had: false).ToString());
        Assert.Equal(MountFate.Follows, MountRule.AfterHistory(Tracked(running, "x"), Tracked(target, "x"), known: true, had: true));
    }

    [Fact]
    public void Where_the_commit_that_runs_is_not_known_the_folder_and_the_history_tell()
    {
        Assert.Equal(MountFate.Stays, MountRule.Of(null, Tracked("2", "2"), known: false, mounted: true));
        Assert.Equal(MountFate.Follows, MountRule.Of(null, Tracked("2", "-"), known: false, mounted: true));
        Assert.Equal(MountFate.AsItsHistorySays, MountRule.Of(null, Tracked("2", "x"), known: false, mounted: true));
        Assert.Equal(MountFate.MayBeEdited, MountRule.AfterHistory(null, Tracked("2", "x"), known: false, had: false));
        Assert.Equal(MountFate.Follows, MountRule.AfterHistory(null, Tracked("2", "x"), known: false, had: true));
    }

    [Fact]
    public void What_runs_without_it_did_not_mean_its_absence() =>
        Assert.Equal(MountFate.Follows, MountRule.Of(Tracked("1", "-"), Tracked("1", "-"), known: true, mounted: false));

    [Fact]
    public void A_file_that_becomes_a_program_follows_and_one_whose_mode_was_changed_here_alone_stays()
    {
        Assert.Equal(MountFate.Follows, MountRule.Of(Tracked("1", "1"), Tracked("1", "1", Program), known: true, mounted: true));
        Assert.Equal(MountFate.Follows, MountRule.Of(null, Tracked("1", "1", Program), known: false, mounted: true));
        Assert.Equal(MountFate.Stays, MountRule.Of(Tracked("1", "1", Program), Tracked("1", "1", Program), known: true, mounted: true));
    }

    [Theory]
    [InlineData(GitTracked.Link)]
    [InlineData(GitTracked.Submodule)]
    public void Links_and_other_repositories_are_left_alone_and_told_where_they_change(string mode)
    {
        Assert.Equal(MountFate.Stays, MountRule.Of(Tracked("1", "x", mode), Tracked("1", "x", mode), known: true, mounted: true));
        Assert.Equal(MountFate.IsNoFile, MountRule.Of(Tracked("1", "1", mode), Tracked("2", "1", mode), known: true, mounted: true));
        Assert.Equal(MountFate.IsNoFile, MountRule.Of(Tracked("1", "1"), Tracked("2", "1", mode), known: true, mounted: true));
        Assert.Equal(MountFate.IsNoFile, MountRule.Of(Tracked("1", "1", mode), Tracked("2", "1"), known: true, mounted: true));
    }

    [Fact]
    public void What_git_tells_is_read_with_names_of_any_kind()
    {
        var read = GitTracked.Read("100644 blob aa\ta b\nc\0100755 blob bb\trun\0120000 blob cc\tl\0160000 commit dd\ts\0\0M\0a b\nc\0D\0run\0T\0l\0");
        Assert.Equal(
            [new("a b\nc", File, "aa", GitPresence.Other), new("run", Program, "bb", GitPresence.Missing), new("l", GitTracked.Link, "cc", GitPresence.Other), new("s", GitTracked.Submodule, "dd", GitPresence.Same)],
            read);
        Assert.Empty(GitTracked.Read("\0"));
        Assert.Equal(["b"], GitTracked.ReadFiltered("a\0filter\0unspecified\0b\0filter\0lfs\0c\0filter\0unset\0"));
    }

    [Fact]
    public void Files_of_variables_are_found_in_every_form() => Assert.Equal(["./a.env", "b.env", "c.env"], OwnFiles.EnvFilesOf("""
        services:
          one: { env_file: ./a.env }
          two:
            env_file:
              - b.env
              - { path: c.env, required: false }
          three:
        volumes: { data: }
        """));

    private static GitTracked? Tracked(string content, string here, string mode = File) => content == "-"
        ? null
        : new GitTracked("site/file", mode, content, here == "-" ? GitPresence.Missing : here == content ? GitPresence.Same : GitPresence.Other);
}
