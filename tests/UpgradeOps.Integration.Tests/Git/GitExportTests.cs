namespace UpgradeOps.Integration.Git;

/// <summary>A commit's files in a folder, and whether its tag is who it says it is.</summary>
public sealed class GitExportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_that_a_shell_or_git_would_trip_over_are_only_names()
    {
        using var rig = await GitRig.OpenAsync();
        var commit = await rig.Workshop.CommitAsync("First", ("-rf", "a"), ("$(touch y)/it's", "b"), (".gitattributes", "* export-ignore\n"));
        const string Name = "v1.0.0-$(touch${IFS}z)'\";--x";
        await rig.Workshop.TagAsync(Name);
        var (source, repository) = rig.Open();
        var release = await source.ResolveAsync(Name, null, Token);
        Assert.Equal(("v1.0.0---touch--IFS-z------x", Name), (release.Version, release.Tag));

        var folder = rig["out ' $(touch w)"];
        await repository.ExportAsync(commit, folder, Token);
        Assert.Equal(["$(touch y)", "-rf", ".gitattributes"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("b", await File.ReadAllTextAsync(Path.Combine(folder, "$(touch y)/it's"), Token));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(Path.Combine(folder, "-rf")));

        // Again, over what somebody left half done there.
        await File.WriteAllTextAsync(Path.Combine(folder, "half"), "", Token);
        await repository.ExportAsync(commit, folder, Token);
        Assert.False(File.Exists(Path.Combine(folder, "half")));
        await repository.DiscardAsync(folder, Token);
        Assert.False(Directory.Exists(folder));
        Assert.Empty((string[])["w", "x", "y", "z"] is var names ? names.Where(File.Exists) : []);
    }

    [Fact]
    public async Task Submodules_come_along_and_one_that_is_missing_is_told()
    {
        using var rig = await GitRig.OpenAsync();
        using var library = await GitWorkshop.OpenAsync();
        await library.CommitAsync("Library", ("lib.txt", "library"));
        await rig.Workshop.GitAsync("submodule", "--quiet", "add", library.Origin, "vendor/lib");
        var good = await rig.Workshop.CommitAsync("With a library", ("run", "1"));
        var (source, repository) = rig.Open();
        await source.ResolveAsync(null, "main", Token);
        await repository.ExportAsync(good, rig["out"], Token);
        Assert.Equal("library", await File.ReadAllTextAsync(rig["out/vendor/lib/lib.txt"], Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(rig["out"], ".git", SearchOption.AllDirectories));

        // A commit of the library that was never pushed.
        var work = Path.Combine(rig.Workshop.Checkout, "vendor/lib");
        await rig.Workshop.GitAsync("-C", work, "commit", "-q", "--allow-empty", "-m", "Never pushed");
        var bad = await rig.Workshop.CommitAsync("With what nobody has");
        await source.ResolveAsync(null, "main", Token);
        var error = await Assert.ThrowsAsync<AppException>(() => repository.ExportAsync(bad, rig["out"], Token));
        Assert.Equal(ErrorIds.SubmoduleMissing, error.ErrorId);
        Assert.Contains("vendor/lib", error.Message);
    }

    [Fact]
    public async Task Only_tags_that_somebody_trusted_signed_under_that_name_are_releases()
    {
        Needs.Parts(Part.Ssh);
        using var rig = await GitRig.OpenAsync();
        await Command.OutputAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", rig["ada"]);
        await Command.OutputAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "eve", "-f", rig["eve"]);
        await File.WriteAllTextAsync(rig["signers"], $"ada@example.org {await File.ReadAllTextAsync(rig["ada.pub"], Token)}", Token);
        await rig.Workshop.CommitAsync("First", ("run", "1"));
        await rig.Workshop.GitAsync("config", "gpg.format", "ssh");
        await rig.Workshop.TagAsync("v1.0.0", "Signed", "-s", "-u", rig["ada.pub"]);
        await rig.Workshop.TagAsync("v1.1.0", "By another", "-s", "-u", rig["eve.pub"]);
        await rig.Workshop.TagAsync("v1.2.0", "By nobody");
        await rig.Workshop.TagAsync("v1.3.0");
        // The old signature under a new name.
        await rig.Workshop.GitAsync("push", "-q", "origin", "refs/tags/v1.0.0:refs/tags/v1.4.0");

        var (source, _) = rig.Open(r => r with { VerifyTags = true, Signers = rig["signers"] });
        var good = await source.ResolveAsync("v1.0.0", null, Token);
        Assert.Equal("Signed", good.Notes);
        foreach (var version in (string[])["v1.1.0", "v1.2.0", "v1.3.0", "v1.4.0", good.Digest!["sha1:".Length..]])
        {
            var error = await Assert.ThrowsAsync<AppException>(() => source.ResolveAsync(version, null, Token));
            Assert.True(error.ErrorId == ErrorIds.SignatureInvalid, $"{version}: {error.Message}");
        }

        // Somebody else's fetch moves the tag while it is verified.
        var evil = await rig.Workshop.CommitAsync("Second", ("run", "evil"));
        await source.ListAsync(Token);
        var moved = rig["moved"];
        await File.WriteAllTextAsync(rig["verifier"], $"""
            #!/bin/sh
            git --git-dir="{rig.Copy.Replace("$", "\\$", StringComparison.Ordinal)}" update-ref refs/tags/v1.0.0 {evil} && touch "{moved}"
            exec ssh-keygen "$@"

            """, Token);
        File.SetUnixFileMode(rig["verifier"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await rig.Workshop.GitAsync("--git-dir", rig.Copy, "config", "gpg.ssh.program", rig["verifier"]);
        Assert.Equal(good.Digest, (await source.ResolveAsync("v1.0.0", null, Token)).Digest);
        Assert.True(File.Exists(moved));
    }

    [Fact]
    public async Task Digits_mean_a_commit_and_not_the_branch_that_is_called_so()
    {
        using var rig = await GitRig.OpenAsync();
        var commit = await rig.Workshop.CommitAsync("First", ("run", "1"));
        await rig.Workshop.GitAsync("push", "-q", "origin", "HEAD:refs/heads/0123456789ab");
        var (source, _) = rig.Open();
        Assert.Equal($"sha1:{commit}", (await source.ResolveAsync(commit[..12], null, Token)).Digest);
        var error = await Assert.ThrowsAsync<AppException>(() => source.ResolveAsync("0123456789ab", null, Token));
        Assert.True(error.ErrorId == ErrorIds.ReleaseNotFound, $"{error.ErrorId}: {error.Message}");
    }
}
