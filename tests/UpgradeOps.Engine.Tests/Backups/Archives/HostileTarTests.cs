using System.Formats.Tar;
using System.Text;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups.Archives;

public sealed class HostileTarTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, string> Refused => new()
    {
        { "file ../out.txt", "leads out" },
        { "file a/../../out.txt", "leads out" },
        { "file /tmp/upgradeops-out.txt", "leads out" },
        { "link l ..|file l/out.txt", "through the link 'l'" },
        { "link a/l ../..|folder a/l/x|file a/l/x/out.txt", "through the link 'a/l'" },
        { "link ./l /|file ./l/tmp/out.txt", "through the link 'l'" },
        { "link . ..", "link of the folder itself" },
        { "hard h ../out.txt", "leads out" },
        { "hard h /etc/passwd", "leads out" },
        { "hard h x|file x", "did not come before" },
        { "folder x|hard h x", "did not come before" },
        { "link l ..|hard h l/out.txt", "through the link 'l'" },
        { "link l ../out.txt|hard h l|file h", "through the link 'l'" },
        { "device d", "neither file, folder nor link" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Entries_that_climb_out_are_refused_and_nothing_is_written_outside(string entries, string reason)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links of Unix");
        var outside = _scratch.Write("out.txt", "untouched");
        var tar = await TarAsync(entries);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => new FolderUnpacker(_scratch["in"]).UnpackAsync(tar, default));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal("untouched", File.ReadAllText(outside));
        Assert.Equal(["in", "out.txt"], Directory.GetFileSystemEntries(_scratch.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_link_that_is_replaced_by_a_folder_is_no_link_any_more()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links of Unix");
        var elsewhere = Directory.CreateDirectory(_scratch["elsewhere"]).FullName;
        await new FolderUnpacker(_scratch["in"]).UnpackAsync(await TarAsync($"link l {elsewhere}|folder l|file l/x"), default);
        Assert.Equal("text", File.ReadAllText(_scratch["in/l/x"]));
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public async Task A_file_that_is_replaced_by_a_link_is_not_written_through()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links of Unix");
        var outside = _scratch.Write("out.txt", "untouched");
        await new FolderUnpacker(_scratch["in"]).UnpackAsync(await TarAsync("link l ../out.txt|file l"), default);
        Assert.Equal(("untouched", "text"), (File.ReadAllText(outside), File.ReadAllText(_scratch["in/l"])));
        Assert.Null(new FileInfo(_scratch["in/l"]).LinkTarget);
    }

    [Fact]
    public async Task A_cut_archive_is_refused_wherever_it_was_cut()
    {
        var whole = ((MemoryStream)await TarAsync("file a|folder d|file d/b|file c")).ToArray();

        // Padding of the last file and the end mark are both zeros: of these a few may be missing without loss.
        for (var length = 0; length < whole.Length - 1024 - 512; length += 64)
        {
            var cut = new MemoryStream(whole[..length]);
            await Assert.ThrowsAsync<InvalidDataException>(() => TarWalker.WalkAsync(cut, (_, _, _) => Task.CompletedTask, default));
        }
    }

    [Fact]
    public async Task Noise_is_refused_with_one_kind_of_error()
    {
        var random = new Random(7);
        var whole = ((MemoryStream)await TarAsync("file a|folder d|file d/b|link l a|hard h a")).ToArray();
        for (var round = 0; round < 500; round++)
        {
            var noise = (byte[])whole.Clone();
            for (var i = 0; i < 1 + (round % 40); i++)
                noise[random.Next(noise.Length)] = (byte)random.Next(256);
            try
            {
                await TarWalker.WalkAsync(new MemoryStream(noise), (_, _, _) => Task.CompletedTask, default);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private static async Task<Stream> TarAsync(string entries)
    {
        var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var parts in entries.Split('|').Select(e => e.Split(' ')))
                await writer.WriteEntryAsync(Entry(parts));
        }

        tar.Position = 0;
        return tar;
    }

    private static PaxTarEntry Entry(string[] parts) => parts[0] switch
    {
        "file" => new PaxTarEntry(TarEntryType.RegularFile, parts[1]) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes("text")) },
        "folder" => new PaxTarEntry(TarEntryType.Directory, parts[1]),
        "link" => new PaxTarEntry(TarEntryType.SymbolicLink, parts[1]) { LinkName = parts[2] },
        "hard" => new PaxTarEntry(TarEntryType.HardLink, parts[1]) { LinkName = parts[2] },
        _ => new PaxTarEntry(TarEntryType.CharacterDevice, parts[1]) { DeviceMajor = 1, DeviceMinor = 3 },
    };
}
