using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups;

/// <summary>What other tools made: archives of files, folders of pg_dump.</summary>
public sealed class ForeignFileTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task An_archive_of_files_replaces_a_folder_and_is_taken_back(bool compressed, bool withRoot)
    {
        using var app = new TestApp();
        var path = Archive(app, compressed, withRoot, ("new.txt", "new"), ("sub/two.txt", "2"));
        var operation = new FakeOperation(app.Room(), await app.Room().PlanRestoreFileAsync(path, "folder:data", default));
        await operation.RunAsync();
        Assert.Equal(["new.txt", "sub/two.txt"], FilesOf(app));
        Assert.Equal("2", File.ReadAllText(app.Scratch["app/data/sub/two.txt"]));
        Assert.StartsWith("folder ", Assert.Single(operation.KeptAside), StringComparison.Ordinal);
        await operation.UndoAsync();
        Assert.Equal(["one.txt", "sub/two.txt"], FilesOf(app));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_archive_of_files_replaces_a_volume_and_is_taken_back(bool withRoot)
    {
        using var app = new TestApp();
        app.Definition = app.Definition with { Backups = [new BackupSourceDefinition { Volume = "kmp-uploads" }] };
        var before = app.Volumes.Content["kmp-uploads"].ToDictionary();
        var operation = new FakeOperation(app.Room(), await app.Room().PlanRestoreFileAsync(Archive(app, true, withRoot, ("x/new.png", "n"), ("y.png", "y")), null, default));
        // The volume in memory keeps no folders: what counts here is what arrives.
        var error = await Record.ExceptionAsync(operation.RunAsync);
        Assert.Equal(new Dictionary<string, string> { ["x/new.png"] = "n", ["y.png"] = "y" }, app.Volumes.Content["kmp-uploads"]);
        Assert.True(error is null or AppException { ErrorId: ErrorIds.RestoreFailed });
        await operation.UndoAsync();
        Assert.Equal(before, app.Volumes.Content["kmp-uploads"]);
    }

    [Fact]
    public async Task Where_it_goes_must_be_said_and_declared()
    {
        using var app = new TestApp();
        var path = Archive(app, true, true, ("a", "a"));
        Assert.Contains("volume:kmp-uploads, folder:data", (await FailsAsync(app, path, null)).Message, StringComparison.Ordinal);
        Assert.Contains("no 'folder:other'", (await FailsAsync(app, path, "folder:other")).Message, StringComparison.Ordinal);
        Assert.Contains("neither SQL text", (await FailsAsync(app, app.Scratch.Write("noise", new string('x', 900)), null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../evil", TarEntryType.RegularFile, "leads out")]
    [InlineData("/evil", TarEntryType.RegularFile, "leads out")]
    [InlineData("link/evil", TarEntryType.RegularFile, "through the link")]
    [InlineData("evil", TarEntryType.CharacterDevice, "neither file")]
    public async Task A_hostile_archive_is_refused_before_anything_is_planned(string name, TarEntryType kind, string says)
    {
        using var app = new TestApp();
        var path = app.Scratch["hostile.tar"];
        using (var writer = new TarWriter(File.Create(path)))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "/tmp" });
            writer.WriteEntry(new PaxTarEntry(kind, name));
        }

        var error = await FailsAsync(app, path, "folder:data");
        Assert.Equal(ErrorIds.BackupDamaged, error.ErrorId);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal(["one.txt", "sub/two.txt"], FilesOf(app));
    }

    [Fact]
    public async Task A_cut_or_flipped_archive_is_refused_before_and_one_that_was_changed_since_at_the_step()
    {
        using var app = new TestApp();
        var path = Archive(app, true, true, ("a", new string('a', 70_000)), ("b", TestNoise()));
        var whole = File.ReadAllBytes(path);
        var random = new Random(11);
        for (var round = 0; round < 40; round++)
        {
            // A gzip file's head has bytes that mean nothing; all after it count.
            File.WriteAllBytes(path, round % 4 == 0 ? whole[..random.Next(600, whole.Length)] : Flipped(whole, random));
            Assert.Equal(ErrorIds.BackupDamaged, (await FailsAsync(app, path, "folder:data")).ErrorId);
        }

        File.WriteAllBytes(path, whole);
        var plan = await app.Room().PlanRestoreFileAsync(path, "folder:data", default);
        File.WriteAllBytes(Archive(app, true, true, ("c", "other")), File.ReadAllBytes(path)[..0]);
        Assert.Equal(ErrorIds.BackupDamaged, (await Assert.ThrowsAsync<AppException>(new FakeOperation(app.Room(), plan).RunAsync)).ErrorId);
        Assert.Equal(["one.txt", "sub/two.txt"], FilesOf(app));
    }

    [Theory]
    [InlineData("notes.txt", "notes.txt")]
    [InlineData("sub/1.dat", "sub")]
    public async Task A_folder_with_more_than_pg_dump_writes_is_refused(string extra, string says)
    {
        using var app = new TestApp();
        Assert.Contains("without toc.dat", (await FailsAsync(app, Path.GetDirectoryName(app.Scratch.Write("other/a", ""))!, null)).Message, StringComparison.Ordinal);
        app.Scratch.Write("dump/toc.dat", "PGDMP");
        app.Scratch.Write($"dump/{extra}", "x");
        Assert.Contains($"'{says}'", (await FailsAsync(app, app.Scratch["dump"], null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_with_a_link_in_it_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        using var app = new TestApp();
        app.Scratch.Write("dump/toc.dat", "PGDMP");
        File.CreateSymbolicLink(app.Scratch["dump/1.dat"], "/etc/passwd");
        Assert.Contains("'1.dat'", (await FailsAsync(app, app.Scratch["dump"], null)).Message, StringComparison.Ordinal);
    }

    private static Task<AppException> FailsAsync(TestApp app, string path, string? source) =>
        Assert.ThrowsAsync<AppException>(() => app.Room().PlanRestoreFileAsync(path, source, default));

    private static string[] FilesOf(TestApp app) =>
        [.. Directory.EnumerateFiles(app.Scratch["app/data"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(app.Scratch["app/data"], f)).Order(StringComparer.Ordinal)];

    private static string TestNoise()
    {
        var random = new Random(3);
        return new string([.. Enumerable.Range(0, 40_000).Select(_ => (char)random.Next(33, 126))]);
    }

    private static byte[] Flipped(byte[] whole, Random random)
    {
        var bytes = (byte[])whole.Clone();
        bytes[random.Next(10, bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    /// <summary>As <c>tar czf … -C folder .</c> makes it, or with names that imply their folders.</summary>
    private static string Archive(TestApp app, bool compressed, bool withRoot, params (string Name, string Text)[] files)
    {
        var path = app.Scratch[compressed ? "files_backup.tar.gz" : "files_backup.tar"];
        using Stream output = compressed ? new GZipStream(File.Create(path), CompressionLevel.Fastest) : File.Create(path);
        using var writer = new TarWriter(output, TarEntryFormat.Gnu);
        if (withRoot)
            writer.WriteEntry(new GnuTarEntry(TarEntryType.Directory, "./"));
        foreach (var (name, text) in files)
            writer.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, (withRoot ? "./" : "") + name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        return path;
    }
}
