using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Tests.Hosts;

public sealed class DurableFileTests : IDisposable
{
    private const UnixFileMode GroupReadable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_new_file_has_exactly_the_mode_that_was_asked_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        var wide = GroupReadable | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

        DurableFile.WriteAtomic(folder["secret"], "x"u8);
        DurableFile.WriteAtomic(folder["wide"], "x"u8, wide);
        DurableFile.Append(folder["journal"], "x"u8);
        DurableFolder.Create(folder["a/b"]);

        Assert.Equal(DurableFile.Private, File.GetUnixFileMode(folder["secret"]));
        Assert.Equal(wide, File.GetUnixFileMode(folder["wide"]));
        Assert.Equal(DurableFile.Private, File.GetUnixFileMode(folder["journal"]));
        Assert.Equal(DurableFolder.Private, File.GetUnixFileMode(folder["a"]));
        Assert.Equal(DurableFolder.Private, File.GetUnixFileMode(folder["a/b"]));
    }

    [Fact]
    public void Replacing_keeps_mode_and_owner()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        var path = folder.Write(".env", "old");
        File.SetUnixFileMode(path, GroupReadable);
        var nobody = new FileOwner(65534, 65534);
        var owner = Environment.IsPrivilegedProcess ? nobody : FileOwner.Of(path)!.Value;
        owner.GiveTo(path);

        DurableFile.WriteAtomic(path, "new"u8);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(GroupReadable, File.GetUnixFileMode(path));
        Assert.Equal(owner, FileOwner.Of(path));
    }

    [Fact]
    public void Replacing_through_a_link_keeps_the_link()
    {
        var path = folder.Write("shared/.env", "old");
        var link = folder[".env"];
        File.CreateSymbolicLink(link, "shared/.env");

        DurableFile.WriteAtomic(link, "new"u8);

        Assert.Equal("shared/.env", new FileInfo(link).LinkTarget);
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder["shared"]));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_no_other()
    {
        Directory.CreateDirectory(folder["taken/x"]);

        Assert.ThrowsAny<IOException>(() => DurableFile.WriteAtomic(folder["taken"], "new"u8));

        Assert.True(Directory.Exists(folder["taken/x"]));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Readers_never_see_a_mixture()
    {
        var path = folder["file"];
        var old = new byte[200_000];
        var young = Enumerable.Repeat((byte)1, 300_000).ToArray();
        DurableFile.WriteAtomic(path, old);
        using var stop = new CancellationTokenSource();
        var reads = 0;
        var reader = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var seen = File.ReadAllBytes(path);
                Assert.True(seen.AsSpan().SequenceEqual(old) || seen.AsSpan().SequenceEqual(young));
                Interlocked.Increment(ref reads);
            }
        });

        for (var i = 0; i < 50 || Volatile.Read(ref reads) < 20; i++)
            DurableFile.WriteAtomic(path, i % 2 == 0 ? young : old);

        await stop.CancelAsync();
        await reader;
    }

    [Theory]
    [InlineData(".nginx.conf.0123456789abcdef0123456789abcdef.tmp", true)]
    [InlineData(".nginx.conf.bak.tmp", false)]
    [InlineData(".nginx.conf.more.0123456789abcdef0123456789abcdef.tmp", false)]
    [InlineData("nginx.conf.0123456789abcdef0123456789abcdef.tmp", false)]
    [InlineData(".nginx.conf.0123456789ABCDEF0123456789abcdef.tmp", false)]
    public void Only_what_a_writer_of_ours_left_is_called_so(string name, bool ours) => Assert.Equal(ours, Leftovers.IsOf(name, "nginx.conf"));

    [Fact]
    public void Append_tells_where_the_bytes_begin()
    {
        Assert.Equal(0, DurableFile.Append(folder["log"], "one\n"u8));
        Assert.Equal(4, DurableFile.Append(folder["log"], "two\n"u8));
        Assert.Equal("one\ntwo\n", File.ReadAllText(folder["log"]));
    }
}
