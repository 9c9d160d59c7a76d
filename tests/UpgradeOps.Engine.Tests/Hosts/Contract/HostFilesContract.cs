using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Tests.Hosts;

/// <summary>What every host promises about Files. They are looked at from this machine too, so the host must be on it.</summary>
public abstract class HostFilesContract : IDisposable
{
    private readonly TempFolder folder = new();

    private protected abstract IHostFiles Files { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_is_not_there_is_null_or_empty_and_deleting_it_is_nothing()
    {
        Assert.Null(await Files.StatAsync(folder["no"], Token));
        Assert.Null(await Files.ReadAsync(folder["no/file"], Token));
        Assert.Empty(await Files.ListAsync(folder["no"], Token));
        await Files.DeleteAsync(folder["no"], Token);
    }

    [Fact]
    public async Task Failures_name_the_path()
    {
        folder.Write("file", "x");

        var create = await Assert.ThrowsAsync<AppException>(() => Files.CreateAsync(folder["file"], 0x180, Token));
        var relative = await Assert.ThrowsAsync<AppException>(() => Files.ReadAsync("relative", Token));
        var read = await Assert.ThrowsAsync<AppException>(() => Files.ReadAsync(folder.Path, Token));

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

        await Files.LinkAsync(folder["current"], "releases/1", Token);
        var before = File.ReadAllText(folder["current/file"]);
        await Files.LinkAsync(folder["current"], "releases/2", Token);

        Assert.Equal("one", before);
        Assert.Equal("two", File.ReadAllText(folder["current/file"]));
        var link = await Files.StatAsync(folder["current"], Token);
        Assert.NotNull(link);
        Assert.False(link.IsFolder);
        Assert.NotNull(link.LinkTarget);
        Assert.Equal(["current", "releases"], (await Files.ListAsync(folder.Path, Token)).Select(f => f.Name));
    }

    [Fact]
    public async Task A_real_folder_is_never_replaced_by_a_link()
    {
        folder.Write("current/data", "precious");
        Directory.CreateDirectory(folder["releases"]);

        await Assert.ThrowsAsync<AppException>(() => Files.LinkAsync(folder["current"], "releases", Token));

        Assert.Equal("precious", File.ReadAllText(folder["current/data"]));
    }

    [Fact]
    public async Task Deleting_never_follows_a_link()
    {
        folder.Write("shared/data", "precious");
        Directory.CreateDirectory(folder["release"]);
        File.CreateSymbolicLink(folder["release/data"], folder["shared"]);
        File.CreateSymbolicLink(folder["current"], folder["shared"]);

        await Files.DeleteAsync(folder["release"], Token);
        await Files.DeleteAsync(folder["current"], Token);

        Assert.Equal("precious", File.ReadAllText(folder["shared/data"]));
        Assert.Equal(["shared"], (await Files.ListAsync(folder.Path, Token)).Select(f => f.Name));
    }

    [Fact]
    public async Task A_copied_folder_has_the_same_modes_links_and_bytes()
    {
        folder.Write("from/bin/run", "#!/bin/sh");
        folder.Write("from/empty/.keep", "");
        File.CreateSymbolicLink(folder["from/link"], "bin/run");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder["from/bin/run"], (UnixFileMode)Convert.ToInt32("755", 8));

        await Files.CopyFolderAsync(folder["from"], folder["to"], Token);

        Assert.Equal("#!/bin/sh", File.ReadAllText(folder["to/bin/run"]));
        Assert.True(File.Exists(folder["to/empty/.keep"]));
        Assert.Equal("bin/run", new FileInfo(folder["to/link"]).LinkTarget);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(Convert.ToInt32("755", 8), (await Files.StatAsync(folder["to/bin/run"], Token))!.Mode);
        var again = await Assert.ThrowsAsync<AppException>(() => Files.CopyFolderAsync(folder["from"], folder["to"], Token));
        Assert.Contains("exists already", again.Message);
    }

    [Fact]
    public async Task A_folders_digest_is_the_same_on_every_host()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        folder.Write("release/-n", "1");
        folder.Write("release/a b/it's \"odd\"\n$(x)", "2");
        folder.Write("release/a b/\\", "");
        await Files.LinkAsync(folder["release/link"], "a b", Token);

        Assert.Equal(await FolderDigest.ComputeAsync(new LocalFiles(), folder["release"], Token), await FolderDigest.ComputeAsync(Files, folder["release"], Token));
    }

    [Fact]
    public async Task Renaming_never_replaces()
    {
        folder.Write("a", "a");
        folder.Write("b", "b");
        File.CreateSymbolicLink(folder["dangling"], "nowhere");

        await Assert.ThrowsAsync<AppException>(() => Files.RenameAsync(folder["a"], folder["b"], Token));
        await Files.RenameAsync(folder["dangling"], folder["moved"], Token);

        Assert.Equal("b", File.ReadAllText(folder["b"]));
        Assert.Equal("nowhere", (await Files.StatAsync(folder["moved"], Token))!.LinkTarget);
    }

    [Fact]
    public async Task Free_space_is_told_for_a_folder_that_is_yet_to_be() =>
        Assert.True(await Files.FreeSpaceAsync(folder["not/yet"], Token) > 0);

    [Fact]
    public async Task Files_of_the_proc_file_system_are_read_although_their_size_is_0()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc.");

        Assert.NotEmpty((await Files.ReadAsync("/proc/self/stat", Token))!);
    }

    /// <summary>Names that a careless script would run, split, expand or take for an option.</summary>
    public static TheoryData<string> HostileNames =>
    [
        "two words", "a'quote", "a\"quote", "new\nline", "ends\n", "$(touch planted)", "`touch planted`", "-rf", "--", "ünï漢🙂", "*", "[a-z]?", "back\\slash", "; exit 9", "#x", "~", "%s", "!x", ".hidden", "tab\there",
    ];

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Any_name_goes_through_everything(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not allow such names.");
        var inside = $"{folder.Path}/{name}";
        await Files.CreateFolderAsync(inside, 0x1C0, Token);
        var path = $"{inside}/{name}";
        await Files.WriteAtomicAsync(path, "one"u8.ToArray(), 0x180, Token);
        await Files.WriteAtomicAsync(path, "two"u8.ToArray(), 0x1A4, Token);
        await (await Files.CreateAsync($"{inside}/new {name}", 0x1A4, Token)).DisposeAsync();
        await Files.LinkAsync($"{inside}/link {name}", name, Token);
        await Files.RenameAsync(path, $"{path}2", Token);
        await Files.CopyFolderAsync(inside, $"{inside} copy", Token);

        Assert.Equal("two", File.ReadAllText($"{inside} copy/{name}2"));
        Assert.Equal("two"u8.ToArray(), await Files.ReadAsync($"{path}2", Token));
        Assert.Equal(3, (await Files.StatAsync($"{path}2", Token))!.Size);
        var link = (await Files.StatAsync($"{inside}/link {name}", Token))!;
        Assert.Equal((name, false), (link.LinkTarget, link.IsFolder));
        string[] expected = [$"{name}2", $"link {name}", $"new {name}"];
        var listed = await Files.ListAsync(inside, Token);
        Assert.Equal(expected.Order(StringComparer.Ordinal), listed.Select(f => f.Path[(inside.Length + 1)..]));
        Assert.Equal(name, listed.Single(f => f.LinkTarget is not null).LinkTarget);
        await Files.DeleteAsync($"{inside} copy", Token);
        await Files.DeleteAsync(inside, Token);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Any_bytes_are_written_and_read()
    {
        var bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(1_500_001);

        await Files.WriteAtomicAsync(folder["bytes"], bytes, 0x180, Token);
        await Files.WriteAtomicAsync(folder["empty"], Array.Empty<byte>(), 0x180, Token);
        await using var stream = await Files.OpenReadAsync(folder["bytes"], Token);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Token);

        Assert.True(bytes.AsSpan().SequenceEqual(read.ToArray()));
        await using var end = await Files.OpenReadAsync(folder["bytes"], 1_500_000, Token);
        Assert.Equal((bytes[^1], -1), (end.ReadByte(), end.ReadByte()));
        await using var behind = await Files.OpenReadAsync(folder["bytes"], 1_500_002, Token);
        Assert.Equal(-1, behind.ReadByte());
        var whole = await Files.ReadAsync(folder["bytes"], Token);
        Assert.True(bytes.AsSpan().SequenceEqual(whole));
        Assert.Empty((await Files.ReadAsync(folder["empty"], Token))!);
        await Assert.ThrowsAsync<AppException>(() => Files.OpenReadAsync(folder["no"], Token));
        await Assert.ThrowsAsync<AppException>(() => Files.OpenReadAsync(folder.Path, Token));
    }

    [Fact]
    public async Task A_created_file_holds_what_was_written_to_it()
    {
        var bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(700_003);
        await using (var stream = await Files.CreateAsync(folder["new"], 0x1A0, Token))
        {
            await stream.WriteAsync(bytes.AsMemory(0, 5), Token);
            await stream.WriteAsync(bytes.AsMemory(5), Token);
        }

        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(folder["new"])));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(0x1A0, (await Files.StatAsync(folder["new"], Token))!.Mode);
    }

    [Fact]
    public async Task An_existing_file_keeps_its_mode_a_new_one_and_new_folders_get_theirs()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await Files.CreateFolderAsync(folder["a/b/c"], 0x1ED, Token);
        await Files.WriteAtomicAsync(folder["a/b/c/file"], "1"u8.ToArray(), 0x1B4, Token);
        Assert.Equal(0x1B4, (await Files.StatAsync(folder["a/b/c/file"], Token))!.Mode);
        File.SetUnixFileMode(folder["a/b/c/file"], (UnixFileMode)0x1A9);
        File.CreateSymbolicLink(folder["link"], "a/b/c/file");

        await Files.WriteAtomicAsync(folder["link"], "22"u8.ToArray(), 0x180, Token);

        Assert.Equal(0x1ED, (await Files.StatAsync(folder["a/b"], Token))!.Mode);
        var file = (await Files.StatAsync(folder["a/b/c/file"], Token))!;
        Assert.Equal((0x1A9, 2L), (file.Mode, file.Size));
        Assert.Equal("a/b/c/file", new FileInfo(folder["link"]).LinkTarget);
        Assert.Equal("22", File.ReadAllText(folder["a/b/c/file"]));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder["a/b/c"]));
    }
}
