using System.IO.Compression;
using System.Text;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups;

public sealed class CreateTests
{
    [Fact]
    public async Task A_backup_holds_every_source_in_stock_formats_and_says_what_it_is()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();

        Assert.Equal(["databases/main.sql.gz", "volumes/kmp-uploads.tar.gz", "folders/data.tar.gz", "files/.env", "files/docker-compose.yml"], backup.Files.Select(f => f.Path));
        Assert.Equal(["database:main", "volume:kmp-uploads", "folder:data", "file:.env", "file:docker-compose.yml"], backup.Files.Select(f => f.Source));
        Assert.Equal("v1.2.3", backup.RunningVersion);
        Assert.Equal("f00d", backup.SchemaFingerprint);
        Assert.Equal(ProofLevel.Checksum, backup.Proof.Level);
        Assert.Equal("KMP_IMAGE_TAG=v1\n", File.ReadAllText(Path.Combine(backup.Location, "files/.env")));
        Assert.Contains("INSERT INTO `members`", Unzipped(Path.Combine(backup.Location, "databases/main.sql.gz")), StringComparison.Ordinal);
        Assert.Contains(backup.RestoreCommands, c => c.Contains("gunzip -c databases/main.sql.gz | docker compose", StringComparison.Ordinal));
        Assert.Equal(backup.BackupId, Assert.Single((await app.Room().ListAsync(everywhere: true, default)).Backups).BackupId);
    }

    [Fact]
    public async Task Rows_are_counted_in_the_dump_itself()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        var manifest = new FolderBackupStore(app.BackupsFolder).Read(backup.BackupId);
        Assert.Equal(5, manifest.Sources[0].Rows!["members"]);
    }

    [Theory]
    [InlineData(true, false, BackupConsistency.Quiesced)]
    [InlineData(false, false, BackupConsistency.BestEffort)] // a folder on a running machine
    public async Task Consistency_is_what_was_seen(bool quiesced, bool written, BackupConsistency expected)
    {
        using var app = new TestApp();
        app.Volumes.WrittenTo = written;
        Assert.Equal(expected, (await app.BackUpAsync(quiesced: quiesced)).Consistency);
    }

    [Fact]
    public async Task A_volume_that_nobody_writes_to_is_consistent_in_itself()
    {
        using var app = new TestApp();
        app.Definition = app.Definition with { Backups = [.. app.Definition.Backups.Where(b => b.Folder is null)] };
        Assert.Equal(BackupConsistency.EachSource, (await app.BackUpAsync()).Consistency);
        app.Volumes.WrittenTo = true;
        Assert.Equal(BackupConsistency.BestEffort, (await app.BackUpAsync("20260301T020000000Z-0002")).Consistency);
    }

    [Fact]
    public async Task Everything_is_private_even_under_a_loose_umask()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes");
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        foreach (var file in Directory.EnumerateFiles(app.BackupsFolder, "*", SearchOption.AllDirectories))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        foreach (var folder in Directory.EnumerateDirectories(app.BackupsFolder, "*", SearchOption.AllDirectories))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task No_secret_is_in_the_manifest()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        Assert.DoesNotContain("SECRET", File.ReadAllText(Path.Combine(backup.Location, "manifest.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_little_room_is_told_before_anything_is_written()
    {
        using var app = new TestApp();
        app.Database.SizeBytes = 1L << 60;
        var error = await Assert.ThrowsAsync<AppException>(() => app.BackUpAsync());
        Assert.Equal(ErrorIds.DiskTooFull, error.ErrorId);
        Assert.Contains("1024.0 PiB", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(app.BackupsFolder));
        Assert.Contains(await app.Room().CheckAsync(default), f => f.ErrorId == ErrorIds.DiskTooFull && f.Severity == FindingSeverity.Blocker);
    }

    [Fact]
    public async Task A_dump_without_its_end_leaves_nothing_behind()
    {
        using var app = new TestApp();
        app.Database.CutBytes = 60;
        var error = await Assert.ThrowsAsync<AppException>(() => app.BackUpAsync());
        Assert.Equal(ErrorIds.BackupFailed, error.ErrorId);
        Assert.Empty(Directory.EnumerateFileSystemEntries(app.BackupsFolder));
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        using var app = new TestApp();
        File.Delete(app.Scratch["app/.env"]);
        var error = await Assert.ThrowsAsync<AppException>(() => app.BackUpAsync());
        Assert.Contains(app.Scratch["app/.env"], error.Message, StringComparison.Ordinal);
        Assert.Contains(await app.Room().CheckAsync(default), f => f.Message.Contains(".env", StringComparison.Ordinal) && f.Severity == FindingSeverity.Blocker);
    }

    [Fact]
    public async Task Nothing_declared_is_a_warning_and_an_error()
    {
        using var app = new TestApp();
        app.Definition = app.Definition with { Backups = [] };
        var finding = Assert.Single(await app.Room().CheckAsync(default));
        Assert.Equal((FindingSeverity.Warning, ErrorIds.BackupNothingDeclared), (finding.Severity, finding.ErrorId));
        Assert.Equal(ErrorIds.BackupNothingDeclared, (await Assert.ThrowsAsync<AppException>(() => app.BackUpAsync())).ErrorId);
    }

    [Fact]
    public async Task The_same_id_again_takes_the_old_ones_place()
    {
        using var app = new TestApp();
        await app.BackUpAsync();
        app.Database.Live["members"].Add("member 6");
        var again = await app.BackUpAsync();
        Assert.Single((await app.Room().ListAsync(everywhere: true, default)).Backups);
        Assert.Contains("member 6", Unzipped(Path.Combine(again.Location, "databases/main.sql.gz")), StringComparison.Ordinal);
        Assert.Equal([again.Location], Directory.EnumerateFileSystemEntries(app.BackupsFolder));
    }

    [Fact]
    public async Task What_a_crash_left_is_never_listed_and_removed_by_the_next()
    {
        using var app = new TestApp();
        app.Scratch.Write("state/backups/.partial-20260301T010000000Z-0001/databases/main.sql.gz", "half");
        app.Scratch.Write("state/backups/.partial-20260401T010000000Z-0001/manifest.json", "{}");
        Assert.Empty((await app.Room().ListAsync(everywhere: true, default)).Backups);
        await app.BackUpAsync();
        Assert.Single((await app.Room().ListAsync(everywhere: true, default)).Backups);
        Assert.Equal(
            [".partial-20260401T010000000Z-0001", "20260301T020000000Z-0001"],
            Directory.EnumerateFileSystemEntries(app.BackupsFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Undone_it_leaves_no_half_backup_and_every_whole_one()
    {
        using var app = new TestApp();
        var whole = await app.BackUpAsync();
        var room = app.Room();
        var planned = new PlannedStep
        {
            Id = "", Kind = "backup.create", Phase = StepPhase.BackUp, Description = "", Reversibility = Reversibility.Additive,
            Repeatable = Repeatability.Idempotent, Inputs = new Dictionary<string, string> { ["quiesced"] = "false" },
        };
        var operation = new FakeOperation(room, [planned]);
        app.Scratch.Write($"state/backups/.partial-{operation.Id}/databases/main.sql.gz", "half");
        app.Scratch.Write($"state/backups/.partial-{operation.Id}.lock", "");
        await room.Create(operation.Plan[0]).UndoAsync(operation.Context(operation.Plan[0]), default);
        Assert.Equal([whole.Location], Directory.EnumerateFileSystemEntries(app.BackupsFolder));

        using (new FolderBackupStore(app.BackupsFolder).Begin(operation.Id))
        {
            app.Scratch.Write($"state/backups/.partial-{operation.Id}/databases/main.sql.gz", "somebody writes this");
            await room.Create(operation.Plan[0]).UndoAsync(operation.Context(operation.Plan[0]), default);
            Assert.True(File.Exists(Path.Combine(app.BackupsFolder, $".partial-{operation.Id}", "databases/main.sql.gz")));
        }
    }

    [Fact]
    public async Task What_a_writer_who_was_killed_left_beside_a_whole_backups_manifest_goes()
    {
        using var app = new TestApp();
        var whole = await app.BackUpAsync();
        var files = Directory.EnumerateFileSystemEntries(whole.Location).Order().ToList();
        app.Scratch.Write($"state/backups/{whole.BackupId}/.manifest.json.{Guid.NewGuid():N}.tmp", "{");
        new FolderBackupStore(app.BackupsFolder).Discard(whole.BackupId);
        Assert.Equal(files, Directory.EnumerateFileSystemEntries(whole.Location).Order());
    }

    [Fact]
    public async Task Two_writers_of_one_backup_do_not_disturb_each_other()
    {
        using var app = new TestApp();
        var store = new FolderBackupStore(app.BackupsFolder);
        using (store.Begin("20260301T020000000Z-0001"))
        {
            Assert.Equal(ErrorIds.BackupFailed, Assert.Throws<AppException>(() => store.Begin("20260301T020000000Z-0001")).ErrorId);
            using var later = store.Begin("20260301T030000000Z-0001");
            Assert.Equal(ErrorIds.BackupFailed, Assert.Throws<AppException>(() => store.Begin("20260301T020000000Z-0001")).ErrorId);
        }

        await app.BackUpAsync();
    }

    [Fact]
    public async Task What_is_removed_is_gone_at_once_and_a_crash_in_the_middle_lists_nothing()
    {
        using var app = new TestApp();
        var store = new FolderBackupStore(app.BackupsFolder);
        await app.BackUpAsync("20260301T010000000Z-0001");
        await app.BackUpAsync("20260301T020000000Z-0001");
        app.Scratch.Write("state/backups/.removed-20260301T000000000Z-0001/manifest.json", "{}");
        store.Remove("20260301T010000000Z-0001");
        store.Remove("20260301T010000000Z-0001");
        Assert.Equal(["20260301T020000000Z-0001"], (await app.Room().ListAsync(everywhere: true, default)).Backups.Select(b => b.BackupId));

        await app.BackUpAsync("20260301T030000000Z-0001");
        Assert.Equal(
            ["20260301T020000000Z-0001", "20260301T030000000Z-0001"],
            Directory.EnumerateFileSystemEntries(app.BackupsFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_disk_that_becomes_full_is_told_as_such()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full here");
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var hashing = new HashingStream(full);
        await using var stream = new StoreStream(hashing, "/var/lib/upgradeops/kmp/backups/x", "database:main");
        var error = await Assert.ThrowsAsync<AppException>(async () => await stream.WriteAsync(new byte[10]));
        Assert.Equal(ErrorIds.DiskTooFull, error.ErrorId);
        Assert.Contains("database:main", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    public async Task An_id_that_is_no_folder_name_is_refused(string id)
    {
        using var app = new TestApp();
        await Assert.ThrowsAsync<AppException>(() => app.BackUpAsync(id));
        Assert.Equal(ErrorIds.BackupNotFound, (await Assert.ThrowsAsync<AppException>(() => app.Room().GetAsync(id, default))).ErrorId);
    }

    internal static string Unzipped(string path)
    {
        using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        return new StreamReader(gzip, Encoding.UTF8).ReadToEnd();
    }
}
