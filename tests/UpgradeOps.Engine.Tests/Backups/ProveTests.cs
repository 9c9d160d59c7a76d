using System.Text;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups;

public sealed class ProveTests
{
    [Theory]
    [InlineData(ProofLevel.Checksum)]
    [InlineData(ProofLevel.Structure)]
    [InlineData(ProofLevel.Restore)]
    public async Task A_whole_backup_passes_and_the_proof_is_kept(ProofLevel level)
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        await app.Room().ProveAsync(backup.BackupId, level, default);
        var proved = await app.Room().GetAsync(backup.BackupId, default);
        Assert.Equal(level, proved.Proof.Level);
        Assert.NotEmpty(proved.Proof.Evidence);
        Assert.Equal(["kmp"], app.Database.Databases.Keys);

        await app.Room().ProveAsync(backup.BackupId, ProofLevel.Checksum, default);
        Assert.Equal(level, (await app.Room().GetAsync(backup.BackupId, default)).Proof.Level);
    }

    [Fact]
    public async Task Any_flipped_bit_and_any_cut_in_any_file_is_found()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        var random = new Random(20260301);
        foreach (var path in Directory.EnumerateFiles(backup.Location, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var bytes = File.ReadAllBytes(path);
            for (var round = 0; round < 25; round++)
            {
                File.WriteAllBytes(path, round % 5 == 4 ? bytes[..random.Next(bytes.Length)] : TestData.WithFlippedBit(bytes, random));
                var error = await Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, ProofLevel.Checksum, default));
                Assert.Equal(ErrorIds.BackupDamaged, error.ErrorId);
                Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
            }

            File.WriteAllBytes(path, bytes);
        }

        await app.Room().ProveAsync(backup.BackupId, ProofLevel.Structure, default);
    }

    [Fact]
    public async Task A_missing_file_and_a_file_too_many_are_found()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        var extra = Path.Combine(backup.Location, "databases", "other.sql");
        File.WriteAllText(extra, "x");
        Assert.Contains("other.sql", (await DamagedAsync(app, backup)).Message, StringComparison.Ordinal);
        File.Delete(extra);
        File.Delete(Path.Combine(backup.Location, "files", ".env"));
        Assert.Contains("missing", (await DamagedAsync(app, backup)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_in_place_of_a_file_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        var path = Path.Combine(backup.Location, "files", ".env");
        var elsewhere = app.Scratch.Write("elsewhere", File.ReadAllText(path));
        File.Delete(path);
        File.CreateSymbolicLink(path, elsewhere);
        Assert.Contains("link", (await DamagedAsync(app, backup)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("databases/../../x")]
    [InlineData("C:/x")]
    [InlineData("a\\b")]
    public async Task A_manifest_that_names_other_files_is_refused_although_its_seal_is_right(string path)
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        var manifest = ManifestFile.Read(backup.Location);
        ManifestFile.Write(backup.Location, manifest with { Files = [manifest.Files[0] with { Path = path }] });
        Assert.Equal(ErrorIds.BackupDamaged, (await Assert.ThrowsAsync<AppException>(() => app.Room().GetAsync(backup.BackupId, default))).ErrorId);
    }

    [Fact]
    public async Task A_newer_format_is_refused_by_name_and_told_by_the_check()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        ManifestFile.Write(backup.Location, ManifestFile.Read(backup.Location) with { Format = 2 });
        Assert.Contains("format 2", (await DamagedAsync(app, backup)).Message, StringComparison.Ordinal);
        Assert.Empty((await app.Room().ListAsync(everywhere: true, default)).Backups);
        Assert.Contains(await app.Room().CheckAsync(default), f => f.ErrorId == ErrorIds.BackupDamaged && f.Severity == FindingSeverity.Warning);
    }

    [Fact]
    public async Task Content_that_is_wrong_in_itself_is_found_by_structure_though_every_checksum_fits()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        foreach (var (path, content) in new[]
        {
            ("databases/main.sql.gz", "-- MariaDB dump\nCREATE TABLE `x` (`v` text);\n"),
            ("folders/data.tar.gz", "not an archive at all, but long enough to be taken for one by its length"),
        })
        {
            var before = ManifestFile.Read(backup.Location);
            var full = Path.Combine(backup.Location, path);
            var bytes = File.ReadAllBytes(full);
            Forge(backup, path, content);
            await app.Room().ProveAsync(backup.BackupId, ProofLevel.Checksum, default);
            var error = await Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, ProofLevel.Structure, default));
            Assert.Equal(ErrorIds.BackupDamaged, error.ErrorId);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            File.WriteAllBytes(full, bytes);
            WriteWithSums(backup, before);
        }
    }

    [Fact]
    public async Task A_changed_value_is_found_though_every_row_is_there()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        app.Database.Load = row => row.Replace("member 3", "member ?", StringComparison.Ordinal);
        await app.Room().ProveAsync(backup.BackupId, ProofLevel.Structure, default);
        var error = await Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, ProofLevel.Restore, default));
        Assert.Equal(ErrorIds.BackupDamaged, error.ErrorId);
        Assert.Contains("members has other values", error.Message, StringComparison.Ordinal);
        Assert.Equal(["kmp"], app.Database.Databases.Keys);

        // Another release may write the same value in another way: that is told, and proves nothing.
        app.Database.Version = new Version(11, 4);
        var proved = await app.Room().ProveAsync(backup.BackupId, ProofLevel.Restore, default);
        Assert.Contains(proved.Proof.Evidence, e => e.Contains("not compared", StringComparison.Ordinal) && e.Contains("11.4", StringComparison.Ordinal));

        app.Database.Load = static row => row;
        proved = await app.Room().ProveAsync(backup.BackupId, ProofLevel.Restore, default);
        Assert.Contains(proved.Proof.Evidence, e => e.Contains("checksums of the backup", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dump_with_another_value_is_found_by_structure_though_its_sha256_fits()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        app.Database.Live["members"][2] = "member 4";
        var dump = new MemoryStream();
        await app.Database.DumpAsync(dump, default);
        Forge(backup, "databases/main.sql.gz", Encoding.UTF8.GetString(dump.ToArray()));
        await app.Room().ProveAsync(backup.BackupId, ProofLevel.Checksum, default);
        var error = await Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, ProofLevel.Structure, default));
        Assert.Contains("members has other values", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql server 15.8, dump tool 15.8", "postgresql server 15.13, dump tool 16.1", true)]
    [InlineData("postgresql server 15.8, dump tool 15.8", "postgresql server 16.0, dump tool 16.1", false)]
    [InlineData("mariadb server 10.11.6, dump tool 10.11.6", "mariadb server 10.11.9, dump tool 10.11.9", true)]
    [InlineData("mariadb server 10.11.6, dump tool 10.11.6", "mariadb server 10.6.9, dump tool 10.11.9", false)]
    public void Releases_are_told_apart_by_what_counts(string recorded, string now, bool same) =>
        Assert.Equal(same, UpgradeOps.Engine.Backups.Proof.ValueComparison.IsOneRelease(recorded, now));

    [Fact]
    public async Task A_bomb_is_stopped_at_the_recorded_size()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        Forge(backup, "databases/main.sql.gz", new string(' ', 50 << 20), originalSize: 1000);
        var error = await Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, ProofLevel.Structure, default));
        Assert.Contains("1000 bytes", error.Message, StringComparison.Ordinal);
    }

    private static void Forge(Backup backup, string path, string content, long? originalSize = null)
    {
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(content));
        File.WriteAllBytes(Path.Combine(backup.Location, path), packed.ToArray());
        var manifest = ManifestFile.Read(backup.Location);
        var forged = manifest.Files.Select(f => f.Path != path ? f : f with
        {
            Size = packed.Length,
            OriginalSize = originalSize ?? content.Length,
            Sha256 = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(packed.ToArray())).ToLowerInvariant(),
        });
        WriteWithSums(backup, manifest with { Files = [.. forged] });
    }

    private static void WriteWithSums(Backup backup, BackupManifest manifest)
    {
        ManifestFile.Write(backup.Location, manifest);
        File.WriteAllText(Path.Combine(backup.Location, "SHA256SUMS"), UpgradeOps.Engine.Backups.Stores.ChecksumList.Of(manifest.Files));
    }

    private static Task<AppException> DamagedAsync(TestApp app, Backup backup) =>
        Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, ProofLevel.Checksum, default));
}
