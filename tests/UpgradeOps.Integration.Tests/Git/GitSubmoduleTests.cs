namespace UpgradeOps.Integration.Git;

/// <summary>Submodules of submodules come from where their own repository says.</summary>
public sealed class GitSubmoduleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_relative_address_counts_from_the_repository_that_names_it()
    {
        using var rig = await GitRig.OpenAsync();
        using var library = await GitWorkshop.OpenAsync();
        using var nested = await GitWorkshop.OpenAsync();
        await nested.CommitAsync("Nested", ("deep.txt", "from beside the library"));
        await BareAsync(nested, library["nested.git"]);
        await library.CommitAsync("Library", ("lib.txt", "library"));
        await library.GitAsync("submodule", "--quiet", "add", "../nested.git", "nested");
        await library.CommitAsync("With a submodule of its own");

        // Beside the application's repository, something else is called so.
        using var decoy = await GitWorkshop.OpenAsync();
        await decoy.CommitAsync("Decoy", ("deep.txt", "from beside the application"));
        await BareAsync(decoy, rig.Workshop["nested.git"]);
        await BareAsync(decoy, rig.Workshop["beside.git"]);
        await rig.Workshop.GitAsync("submodule", "--quiet", "add", library.Origin, "lib");
        await rig.Workshop.GitAsync("submodule", "--quiet", "add", "../beside.git", "beside");
        var first = await rig.Workshop.CommitAsync("With a library", ("run", "1"));

        var (source, repository) = rig.Open();
        await source.ResolveAsync(null, "main", Token);
        await repository.ExportAsync(first, rig["out"], Token);
        await repository.CheckOutAsync(first, rig["tree"], fresh: false, Token);
        foreach (var folder in (string[])["out", "tree"])
        {
            Assert.Equal("from beside the library", await File.ReadAllTextAsync(rig[$"{folder}/lib/nested/deep.txt"], Token));
            Assert.Equal("from beside the application", await File.ReadAllTextAsync(rig[$"{folder}/beside/deep.txt"], Token));
        }

        // The library takes it from elsewhere, and at another commit: a tree that is there already follows.
        await nested.CommitAsync("More", ("deep.txt", "moved"));
        await BareAsync(nested, library["moved.git"]);
        await library.GitAsync("submodule", "--quiet", "set-url", "nested", "../moved.git");
        await library.GitAsync("-C", "nested", "pull", "-q", "origin", "main");
        await library.CommitAsync("From elsewhere");
        await rig.Workshop.GitAsync("-C", "lib", "pull", "-q", "origin", "main");
        var second = await rig.Workshop.CommitAsync("With the library's new place");
        await source.ResolveAsync(null, "main", Token);
        await repository.CheckOutAsync(second, rig["tree"], fresh: false, Token);
        Assert.Equal("moved", await File.ReadAllTextAsync(rig["tree/lib/nested/deep.txt"], Token));

        // And back.
        await repository.CheckOutAsync(first, rig["tree"], fresh: false, Token);
        Assert.Equal("from beside the library", await File.ReadAllTextAsync(rig["tree/lib/nested/deep.txt"], Token));
    }

    private static Task<string> BareAsync(GitWorkshop workshop, string path) => workshop.GitAsync("clone", "-q", "--bare", workshop.Origin, path);
}
