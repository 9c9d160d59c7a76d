using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Engine.Tests.Archives;

/// <summary>Archives that nobody vouches for: what is refused, and what is left of what is not.</summary>
public sealed class PublishedArchiveTests : IDisposable
{
    private const long Limit = 1 << 20;

    private readonly TempFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, int, string> Refused => new()
    {
        { "file ../out", 0, "leads out" },
        { "file a/../../out", 0, "leads out" },
        { "file /etc/passwd", 0, "leads out" },
        { "file a\\b", 0, "backslash" },
        { "file a\tb", 0, "line end" },
        { "link l /etc", 0, "leads out of the release" },
        { "link l ../x", 0, "leads out of the release" },
        { "link a/l ../../x", 0, "leads out of the release" },
        { "link top/l ../x", 1, "leads out of the release" },
        { "folder a|link l a/../..", 0, "leads out of the release" },
        { "link x .|link y x/..", 0, "leads out of the release" },
        { "link l a|file l/b", 0, "through" },
        { "link L a|file l/b", 0, "upper and lower case" },
        { "hard h /etc/passwd", 0, "leads out" },
        { "hard h ../x", 0, "leads out" },
        { "hard h later|file later", 0, "before" },
        { "folder d|hard h d", 0, "before" },
        { "link l x|hard h l", 0, "through the link" },
        { "hard h h", 0, "before" },
        { "device d", 0, "neither file, folder nor link" },
        { "pipe p", 0, "pipe" },
        { "file a|file a", 0, "twice" },
        { "file a|link a b", 0, "twice" },
        { "file a|folder a", 0, "which is no folder" },
        { "file a|file a/b", 0, "which is no folder" },
        { "file a/b|file a", 0, "twice" },
        { "file Readme|file README", 0, "upper and lower case" },
        { "file A/x|file a/y", 0, "upper and lower case" },
        { "file top/a|file b", 1, "no leading folder" },
        { "folder a", 0, "no file in it" },
        { "big a", 0, "more than the" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_could_do_harm_is_refused_before_anything_is_written(string entries, int strip, string why)
    {
        var content = new PublishedContent(new PublishedArchive(Tar(entries), ArchiveKind.TarGzip), strip);
        Assert.Contains(why, (await Assert.ThrowsAsync<InvalidDataException>(() => content.CheckAsync(Limit, Token))).Message, StringComparison.Ordinal);
        // The second reading decides anew.
        if (why != "no file in it")
            await Assert.ThrowsAsync<InvalidDataException>(() => content.WriteAsync(new MemoryStream(), Limit, Token));
    }

    [Theory]
    [InlineData("../out", 0x81A4, "leads out")]
    [InlineData("/out", 0x81A4, "leads out")]
    [InlineData("a\\b", 0x81A4, "backslash")]
    [InlineData("l", 0xA1FF, "leads out of the release")]
    [InlineData("d", 0x6000, "neither file, folder nor link")]
    [InlineData("s/", 0xA1FF, "neither file, folder nor link")]
    public async Task The_same_holds_for_zip(string name, int mode, string why)
    {
        var content = new PublishedContent(new PublishedArchive(Zip((name, mode, "/etc/passwd")), ArchiveKind.Zip), 0);
        Assert.Contains(why, (await Assert.ThrowsAsync<InvalidDataException>(() => content.CheckAsync(Limit, Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_twice_in_a_zip_are_refused() =>
        Assert.Contains("twice", (await Assert.ThrowsAsync<InvalidDataException>(() => new PublishedContent(new PublishedArchive(Zip(("a", 0, "1"), ("a", 0, "2")), ArchiveKind.Zip), 0).CheckAsync(Limit, Token))).Message);

    [Theory]
    [InlineData(nameof(ArchiveKind.TarGzip))]
    [InlineData(nameof(ArchiveKind.Zip))]
    public async Task A_bomb_is_stopped_by_its_size(string packed)
    {
        var kind = Enum.Parse<ArchiveKind>(packed);
        var zeros = new string('\0', 4 << 20);
        var path = kind == ArchiveKind.Zip ? Zip(("zeros", 0x81A4, zeros)) : Tar("huge zeros");
        Assert.True(new FileInfo(path).Length < 64 << 10);
        Assert.Contains("more than the", (await Assert.ThrowsAsync<InvalidDataException>(() => new PublishedContent(new PublishedArchive(path, kind), 0).CheckAsync(Limit, Token))).Message);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(1)]
    public async Task A_cut_or_damaged_archive_is_refused(int cut)
    {
        var path = Tar("file a|file b");
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^cut]);
        await Assert.ThrowsAsync<InvalidDataException>(() => new PublishedContent(new PublishedArchive(path, ArchiveKind.TarGzip), 0).CheckAsync(Limit, Token));
        File.WriteAllText(path, "<html>no archive</html>");
        await Assert.ThrowsAsync<InvalidDataException>(() => new PublishedContent(new PublishedArchive(path, ArchiveKind.TarGzip), 0).CheckAsync(Limit, Token));
        await Assert.ThrowsAsync<InvalidDataException>(() => new PublishedContent(new PublishedArchive(path, ArchiveKind.Zip), 0).CheckAsync(Limit, Token));
    }

    [Theory]
    [InlineData(nameof(ArchiveKind.TarGzip))]
    [InlineData(nameof(ArchiveKind.Tar))]
    [InlineData(nameof(ArchiveKind.TarZstd))]
    public async Task What_is_left_is_plain_and_is_what_a_folder_then_holds(string packed)
    {
        var kind = Enum.Parse<ArchiveKind>(packed);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes of Unix");
        Assert.SkipWhen(kind == ArchiveKind.TarZstd && CommandFinder.Find("zstd", Environment.GetEnvironmentVariable("PATH")) is null, "there is no zstd");
        var path = Tar("folder top|setuid top/bin/run|file top/read me|link top/bin/again run|link top/lib ./bin|hard top/hard top/bin/run|link top/nowhere bin/missing", kind);
        var content = new PublishedContent(new PublishedArchive(path, kind), 1);
        var summary = await content.CheckAsync(Limit, Token);
        Assert.Equal((8, 3), (summary.Bytes, summary.Count));
        Assert.Equal(["bin/", "hard", "lib", "nowhere", "read me"], summary.Top);

        await UnpackAsync(content, folder["out"]);
        Assert.Equal(summary.Digest, (await FolderDigest.ComputeAsync(new LocalFiles(), folder["out"], Token)).Digest);
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(folder["out/bin/run"]));
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(folder["out/read me"]));
        Assert.Equal("text", File.ReadAllText(folder["out/lib/again"]));
    }

    [Fact]
    public async Task A_zip_keeps_what_may_be_run_and_its_links()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes of Unix");
        var content = new PublishedContent(new PublishedArchive(Zip(("notes/", 0x41FF, ""), ("notes/run", 0x89FF, "text"), ("notes/read", 0, "text"), ("notes/l", 0xA1FF, "run")), ArchiveKind.Zip), 1);
        var summary = await content.CheckAsync(Limit, Token);
        await UnpackAsync(content, folder["out"]);
        Assert.Equal(summary.Digest, (await FolderDigest.ComputeAsync(new LocalFiles(), folder["out"], Token)).Digest);
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(folder["out/run"]));
        Assert.Equal(("run", "text"), (new FileInfo(folder["out/l"]).LinkTarget, File.ReadAllText(folder["out/read"])));
    }

    [Fact]
    public async Task A_bare_program_gets_its_name_and_may_be_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes of Unix");
        File.WriteAllText(folder["download"], "#!/bin/sh\n");
        var content = new PublishedContent(new PublishedArchive(folder["download"], ArchiveKind.None, "bin/notes"), 0);
        var summary = await content.CheckAsync(Limit, Token);
        await UnpackAsync(content, folder["out"]);
        Assert.Equal(summary.Digest, (await FolderDigest.ComputeAsync(new LocalFiles(), folder["out"], Token)).Digest);
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(folder["out/bin/notes"]));
    }

    private async Task UnpackAsync(PublishedContent content, string to)
    {
        using var tar = new MemoryStream();
        await content.WriteAsync(tar, Limit, Token);
        tar.Position = 0;
        Directory.CreateDirectory(to);
        var result = await new LocalHost().StreamAsync(new HostCommand("sh", "-c", "umask 022; exec tar -xf - -C \"$1\"", "unpack", to), tar, null, Token);
        Assert.True(result.Succeeded, result.Error);
    }

    /// <param name="entries">Kinds, names and targets, with a bar between.</param>
    private string Tar(string entries, ArchiveKind kind = ArchiveKind.TarGzip)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var words in entries.Split('|').Select(e => e.Split(' ', 3)))
            {
                var name = words.Length > 2 && words[0] is "file" ? $"{words[1]} {words[2]}" : words[1];
                tar.WriteEntry(words[0] switch
                {
                    "folder" => new PaxTarEntry(TarEntryType.Directory, name + "/"),
                    "link" => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = words[2] },
                    "hard" => new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = words[2] },
                    "device" => new PaxTarEntry(TarEntryType.CharacterDevice, name),
                    "pipe" => new PaxTarEntry(TarEntryType.Fifo, name),
                    "setuid" => new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)0b111_111_111_111, Uid = 12345, DataStream = new MemoryStream("text"u8.ToArray()) },
                    "big" => new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(new byte[Limit + 1]) },
                    "huge" => new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(new byte[4 << 20]) },
                    _ => new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("text"u8.ToArray()) },
                });
            }
        }

        var path = folder[$"{Guid.NewGuid():N}"];
        bytes.Position = 0;
        using (var file = File.Create(path))
        using (Stream packed = kind == ArchiveKind.TarGzip ? new GZipStream(file, CompressionLevel.Optimal) : file)
            bytes.CopyTo(packed);
        if (kind == ArchiveKind.TarZstd)
        {
            using var zstd = System.Diagnostics.Process.Start("zstd", ["-q", "-f", path, "-o", path + ".zst"]);
            zstd.WaitForExit();
            return path + ".zst";
        }

        return path;
    }

    private string Zip(params (string Name, int Mode, string Text)[] entries)
    {
        var path = folder[$"{Guid.NewGuid():N}.zip"];
        using var file = File.Create(path);
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        foreach (var (name, mode, text) in entries)
        {
            var entry = zip.CreateEntry(name);
            entry.ExternalAttributes = mode << 16;
            if (name.EndsWith('/'))
                continue;
            using var stream = entry.Open();
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return path;
    }
}
