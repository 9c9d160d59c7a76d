using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Tests.Hosts;

public sealed class LocalFilesTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly LocalFiles files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_is_not_there_is_null_or_empty_and_deleting_it_is_nothing()
    {
        Assert.Null(await files.StatAsync(folder["no"], Token));
        Assert.Null(await files.ReadAsync(folder["no/file"], Token));
        Assert.Empty(await files.ListAsync(folder["no"], Token));
        await files.DeleteAsync(folder["no"], Token);
    }

    [Fact]
    public async Task Failures_name_the_path()
    {
        folder.Write("file", "x");

        var create = await Assert.ThrowsAsync<AppException>(() => files.CreateAsync(folder["file"], 0x180, Token));
        var relative = await Assert.ThrowsAsync<AppException>(() => files.ReadAsync("relative", Token));
        var read = await Assert.ThrowsAsync<AppException>(() => files.ReadAsync(folder.Path, Token));

        Assert.All([create, relative, read], e => Assert.Equal(ErrorIds.HostFileFailed, e.ErrorId));
        Assert.Contains(folder["file"], create.Message);
        Assert.Contains("relative", relative.Message);
    }

    [Fact]
    public async Task A_link_is_described_itself_and_pointed_elsewhere_at_once()
    {
        Directory.CreateDirectory(folder["releases/1"]);
        Directory.CreateDirectory(folder["releases/2"]);
        folder.Write("releases/1/file", "one");
        folder.Write("releases/2/file", "two");

        await files.LinkAsync(folder["current"], "releases/1", Token);
        var before = File.ReadAllText(folder["current/file"]);
        await files.LinkAsync(folder["current"], "releases/2", Token);

        Assert.Equal("one", before);
        Assert.Equal("two", File.ReadAllText(folder["current/file"]));
        var link = await files.StatAsync(folder["current"], Token);
        Assert.NotNull(link);
        Assert.False(link.IsFolder);
        Assert.NotNull(link.LinkTarget);
        Assert.Equal(["current", "releases"], (await files.ListAsync(folder.Path, Token)).Select(f => f.Name));
    }

    [Fact]
    public async Task A_real_folder_is_never_replaced_by_a_link()
    {
        folder.Write("current/data", "precious");
        Directory.CreateDirectory(folder["releases"]);

        await Assert.ThrowsAsync<AppException>(() => files.LinkAsync(folder["current"], "releases", Token));

        Assert.Equal("precious", File.ReadAllText(folder["current/data"]));
    }

    [Fact]
    public async Task Deleting_never_follows_a_link()
    {
        folder.Write("shared/data", "precious");
        Directory.CreateDirectory(folder["release"]);
        File.CreateSymbolicLink(folder["release/data"], folder["shared"]);
        File.CreateSymbolicLink(folder["current"], folder["shared"]);

        await files.DeleteAsync(folder["release"], Token);
        await files.DeleteAsync(folder["current"], Token);

        Assert.Equal("precious", File.ReadAllText(folder["shared/data"]));
        Assert.Equal(["shared"], (await files.ListAsync(folder.Path, Token)).Select(f => f.Name));
    }

    [Fact]
    public async Task A_copied_folder_has_the_same_modes_links_and_bytes()
    {
        folder.Write("from/bin/run", "#!/bin/sh");
        folder.Write("from/empty/.keep", "");
        File.CreateSymbolicLink(folder["from/link"], "bin/run");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder["from/bin/run"], (UnixFileMode)Convert.ToInt32("755", 8));

        await files.CopyFolderAsync(folder["from"], folder["to"], Token);

        Assert.Equal("#!/bin/sh", File.ReadAllText(folder["to/bin/run"]));
        Assert.True(File.Exists(folder["to/empty/.keep"]));
        Assert.Equal("bin/run", new FileInfo(folder["to/link"]).LinkTarget);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(Convert.ToInt32("755", 8), (await files.StatAsync(folder["to/bin/run"], Token))!.Mode);
        var again = await Assert.ThrowsAsync<AppException>(() => files.CopyFolderAsync(folder["from"], folder["to"], Token));
        Assert.Contains("exists already", again.Message);
    }

    [Fact]
    public async Task Renaming_never_replaces()
    {
        folder.Write("a", "a");
        folder.Write("b", "b");
        File.CreateSymbolicLink(folder["dangling"], "nowhere");

        await Assert.ThrowsAsync<AppException>(() => files.RenameAsync(folder["a"], folder["b"], Token));
        await files.RenameAsync(folder["dangling"], folder["moved"], Token);

        Assert.Equal("b", File.ReadAllText(folder["b"]));
        Assert.Equal("nowhere", (await files.StatAsync(folder["moved"], Token))!.LinkTarget);
    }

    [Fact]
    public async Task Free_space_is_told_for_a_folder_that_is_yet_to_be() =>
        Assert.True(await files.FreeSpaceAsync(folder["not/yet"], Token) > 0);

    [Fact]
    public async Task Files_of_the_proc_file_system_are_read_although_their_size_is_0()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc.");

        Assert.NotEmpty((await files.ReadAsync("/proc/self/stat", Token))!);
    }
}
