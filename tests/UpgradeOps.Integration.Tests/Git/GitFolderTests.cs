using System.Text;

namespace UpgradeOps.Integration.Git;

/// <summary>The files of a folder of a commit, without a checkout.</summary>
public sealed class GitFolderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_what_a_checkout_would_have_and_the_copy_is_only_read()
    {
        using var rig = await GitRig.OpenAsync();
        var odd = "it's $(touch x) \"a\"\n*.sql";
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(rig.Workshop.Checkout, "db dir/m")).FullName, odd), "odd", Token);
        File.CreateSymbolicLink(Path.Combine(rig.Workshop.Checkout, "db dir/m/link.sql"), "/etc/passwd");
        var commit = await rig.Workshop.CommitAsync("First", (".gitattributes", "crlf.sql text eol=crlf\n*.sql export-ignore\n"), ("db dir/m/crlf.sql", "a\nb\n"), ("db dir/m/.hidden", ""), ("db dir/m/-n", "\0binary"), ("db dir/m/deeper/no.sql", "no"), ("top", "t"));
        var (source, repository) = rig.Open();
        await source.ResolveAsync(null, "main", Token);
        var before = Entries(rig.Copy);

        var files = (await repository.ReadFolderAsync(commit, "db dir/m/", Token))!;
        Assert.Equal(["-n", ".hidden", "crlf.sql", odd], files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("\0binary", "", "a\r\nb\r\n", "odd"), (Text(files["-n"]), Text(files[".hidden"]), Text(files["crlf.sql"]), Text(files[odd])));
        await repository.ExportAsync(commit, rig["out"], Token);
        Assert.All(files, f => Assert.Equal(File.ReadAllBytes(Path.Combine(rig["out"], "db dir/m", f.Key)), f.Value));

        Assert.Equal(["top", ".gitattributes"], (await repository.ReadFolderAsync(commit, ".", Token))!.Keys.OrderDescending(StringComparer.Ordinal));
        Assert.Empty((await repository.ReadFolderAsync(commit, "db dir", Token))!);
        foreach (var nothing in (string[])["nowhere", "top", "db dir/m/crlf.sql", "db dir/m/link.sql"])
            Assert.Null(await repository.ReadFolderAsync(commit, nothing, Token));
        Assert.Equal(before, Entries(rig.Copy));
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetTempPath(), "upgradeops-git.*"));
    }

    [Fact]
    public async Task What_is_too_much_or_in_a_submodule_is_told()
    {
        using var rig = await GitRig.OpenAsync();
        using var library = await GitWorkshop.OpenAsync();
        await library.CommitAsync("Library", ("migrations/1.sql", "SELECT 1"));
        await rig.Workshop.GitAsync("submodule", "--quiet", "add", library.Origin, "vendor/lib");
        await File.WriteAllBytesAsync(Path.Combine(rig.Workshop.Checkout, "large"), new byte[(16 * 1024 * 1024) + 1], Token);
        var commit = await rig.Workshop.CommitAsync("First", ("run", "1"));
        var (source, repository) = rig.Open();
        await source.ResolveAsync(null, "main", Token);

        foreach (var path in (string[])["vendor/lib", "vendor/lib/migrations"])
        {
            var error = await Assert.ThrowsAsync<AppException>(() => repository.ReadFolderAsync(commit, path, Token));
            Assert.Equal(ErrorIds.MigrationFilesMissing, error.ErrorId);
            Assert.Contains("submodule vendor/lib", error.Message);
        }

        Assert.Equal(ErrorIds.MigrationFilesMissing, (await Assert.ThrowsAsync<AppException>(() => repository.ReadFolderAsync(commit, ".", Token))).ErrorId);
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static List<string> Entries(string folder) => [.. Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
