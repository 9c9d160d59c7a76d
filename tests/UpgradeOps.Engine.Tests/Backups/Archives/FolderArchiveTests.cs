using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Streams;
using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups.Archives;

public sealed class FolderArchiveTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_folder_comes_back_with_names_modes_times_and_links()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes and links of Unix");
        var deep = string.Join('/', Enumerable.Repeat(new string('n', 60), 5));
        _scratch.Write("from/one.txt", "one");
        _scratch.Write($"from/{deep}/Ünï 表.txt", "deep");
        _scratch.Write("from/empty", "");
        _scratch.Write("from/back\\slash", "one name");
        _scratch.Write("from/large", new string('L', 1_000_000));
        Directory.CreateDirectory(_scratch["from/no files"]);
        File.SetUnixFileMode(_scratch["from/one.txt"], (UnixFileMode)0b100_111_101_001);
        File.SetLastWriteTimeUtc(_scratch["from/one.txt"], new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        File.CreateSymbolicLink(_scratch["from/link"], "/etc/passwd");
        File.CreateSymbolicLink(_scratch["from/dangling"], "../../nowhere");
        Assert.Null(UpgradeOps.Engine.Hosts.Durable.Posix.TryHardLink(_scratch["from/one.txt"], _scratch["from/hard"]));
        File.SetUnixFileMode(_scratch["from/no files"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var packer = new FolderPacker(_scratch["from"]);
        var tar = await PackAsync(packer);
        await new FolderUnpacker(_scratch["to"]).UnpackAsync(tar, default);

        Assert.False(packer.Notes.Changed);
        Assert.Equal(Listing("from"), Listing("to"));
        Assert.Equal("deep", File.ReadAllText(_scratch[$"to/{deep}/Ünï 表.txt"]));
        Assert.Equal("/etc/passwd", new FileInfo(_scratch["to/link"]).LinkTarget);
        File.AppendAllText(_scratch["to/hard"], "+");
        Assert.Equal("one+", File.ReadAllText(_scratch["to/one.txt"]));
    }

    [Fact]
    public async Task Names_owners_and_times_of_any_size_are_read_alike_by_tar()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "tar of Linux");
        string[] names =
        [
            new('a', 95), new('b', 98), new('c', 99), new('d', 100), new('e', 101), new('f', 255), $"{new string('g', 200)}/{new string('h', 200)}", "ü", "tab\tand\nline", "plain",
        ];
        foreach (var name in names)
            _scratch.Write($"from/{name}", name);
        File.SetLastWriteTimeUtc(_scratch["from/plain"], new DateTime(1969, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(_scratch["from/ü"], new DateTime(2300, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMilliseconds(750));
        File.SetLastWriteTimeUtc(_scratch[$"from/{names[0]}"], new DateTime(2026, 1, 1, 0, 0, 59, DateTimeKind.Utc).AddMilliseconds(999));
        File.CreateSymbolicLink(_scratch["from/link"], new string('l', 150));
        File.CreateSymbolicLink(_scratch["from/short"], "l");

        var tar = await PackAsync(new FolderPacker(_scratch["from"]));
        await using (var file = File.Create(_scratch["a.tar"]))
            await tar.CopyToAsync(file);
        Directory.CreateDirectory(_scratch["to"]);
        using (var stock = System.Diagnostics.Process.Start("tar", ["-xf", _scratch["a.tar"], "-C", _scratch["to"]]))
        {
            await stock.WaitForExitAsync();
            Assert.Equal(0, stock.ExitCode);
        }

        tar.Position = 0;
        await new FolderUnpacker(_scratch["ours"]).UnpackAsync(tar, default);

        File.SetLastWriteTimeUtc(_scratch["from/plain"], DateTime.UnixEpoch);
        Assert.Equal(Listing("from"), Listing("to"));
        Assert.Equal(Listing("from"), Listing("ours"));
        Assert.All(names, n => Assert.Equal(n, File.ReadAllText(_scratch[$"to/{n}"])));
    }

    [Theory]
    [InlineData("short", 1000, 2)]
    [InlineData("short", 3_000_000, 4)]
    [InlineData("ü", 1000, 4)]
    public void A_small_file_takes_no_more_blocks_than_it_must(string name, int user, int blocks)
    {
        using var tar = new MemoryStream();
        var writer = new System.Formats.Tar.TarWriter(tar, leaveOpen: true);
        var entry = new FolderEntry { Kind = FolderEntryKind.File, ModifiedUtc = DateTime.UnixEpoch.AddDays(20000.123456), Size = 3, User = user };
        writer.WriteEntry(TarHead.OfFile(name, entry, new ArraySegment<byte>("abc"u8.ToArray())));
        Assert.Equal(blocks * 512, tar.Length);
        tar.Position = 0;
        var read = new System.Formats.Tar.TarReader(tar).GetNextEntry()!;
        Assert.Equal((name, user, 3), (read.Name, read.Uid, (int)read.Length));
    }

    [Fact]
    public async Task The_same_content_comes_in_the_same_order_wherever_it_lies()
    {
        string[] names = ["b", "a/2", "a/1", "Z", "é", "a-c", "0"];
        foreach (var name in names)
            _scratch.Write($"one/{name}", name);
        foreach (var name in names.Reverse())
            _scratch.Write($"two/{name}", name);
        var orders = new List<string>[2];
        foreach (var (i, folder) in new[] { "one", "two" }.Index())
        {
            var seen = orders[i] = [];
            await TarWalker.WalkAsync(await PackAsync(new FolderPacker(_scratch[folder], "root/")), (name, _, _) => Seen(seen, name), default);
        }

        Assert.Equal(["root", "root/0", "root/Z", "root/a", "root/a/1", "root/a/2", "root/a-c", "root/b", "root/é"], orders[0]);
        Assert.Equal(orders[0], orders[1]);
    }

    [Fact]
    public async Task Files_that_vanish_are_told_and_make_the_copy_one_of_no_moment()
    {
        for (var i = 0; i < (FolderPacker.Ahead + 2) * PackedRun.Most; i++)
            _scratch.Write($"from/{i}.txt", "text");
        var packer = new FolderPacker(_scratch["from"]);
        var tar = await PackAsync(packer, () =>
        {
            // What is written now was read before, and some of what follows; the last are still to be read.
            foreach (var file in Directory.GetFiles(_scratch["from"]))
                File.Delete(file);
        });

        Assert.True(packer.Notes.Changed);
        Assert.Contains(packer.Notes.ToList(), n => n.Contains("vanished", StringComparison.Ordinal));
        await TarWalker.WalkAsync(tar, (_, _, _) => Task.CompletedTask, default);
    }

    [Fact]
    public async Task A_file_of_two_names_is_kept_though_the_first_of_them_vanishes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "hard links of Unix");
        var first = _scratch.Write("from/a", "kept");
        Assert.Null(UpgradeOps.Engine.Hosts.Durable.Posix.TryHardLink(first, _scratch["from/b"]));
        Assert.Null(UpgradeOps.Engine.Hosts.Durable.Posix.TryHardLink(first, _scratch["from/c"]));
        var packer = new FolderPacker(_scratch["from"]);
        var tar = await PackAsync(packer, () => File.Delete(first));
        await new FolderUnpacker(_scratch["to"]).UnpackAsync(tar, default);

        Assert.True(packer.Notes.Changed);
        Assert.Equal(["b", "c"], Directory.GetFiles(_scratch["to"]).Select(Path.GetFileName).Order());
        File.AppendAllText(_scratch["to/b"], "+");
        Assert.Equal("kept+", File.ReadAllText(_scratch["to/c"]));
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(100)]
    public async Task A_file_that_grows_or_shrinks_while_it_is_read_keeps_its_first_length(int newLength)
    {
        var path = _scratch.Write("f", new string('a', 1000));
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var steady = new SteadyStream(file, 1000);
        File.WriteAllText(path, new string('b', newLength));
        var copy = new MemoryStream();
        await steady.CopyToAsync(copy);
        Assert.Equal(1000, copy.Length);
        Assert.True(steady.Changed);
    }

    [Fact]
    public async Task Something_unreadable_is_an_error_and_not_a_hole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "root reads everything");
        File.SetUnixFileMode(_scratch.Write("from/secret", "s"), UnixFileMode.None);
        var error = await Assert.ThrowsAsync<AppException>(() => PackAsync(new FolderPacker(_scratch["from"])));
        Assert.Contains("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remarks_are_counted_not_piled_up()
    {
        var notes = new ChangeNotes();
        for (var i = 0; i < 1000; i++)
            notes.Add($"{i}", changed: false);
        Assert.Equal((21, "… and 980 more."), (notes.ToList().Count, notes.ToList()[^1]));
        Assert.False(notes.Changed);
        await Task.CompletedTask;
    }

    private static Task Seen(List<string> names, string name)
    {
        names.Add(name);
        return Task.CompletedTask;
    }

    private static async Task<Stream> PackAsync(FolderPacker packer, Action? onWrite = null)
    {
        var output = new MemoryStream();
        await packer.WriteAsync(new HookStream(output, onWrite ?? (() => { })), default);
        output.Position = 0;
        return output;
    }

    private List<string> Listing(string folder) =>
    [
        .. new DirectoryInfo(_scratch[folder]).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(e => $"{Path.GetRelativePath(_scratch[folder], e.FullName)} {e.LinkTarget} {(e.LinkTarget is null ? e.UnixFileMode : 0)} {(e is FileInfo { LinkTarget: null } f ? $"{f.Length} {f.LastWriteTimeUtc:s}" : "")}")
            .Order(StringComparer.Ordinal),
    ];

    private sealed class HookStream(Stream output, Action onWrite) : WriteOnlyStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            onWrite();
            return output.WriteAsync(buffer, cancellationToken);
        }
    }
}
