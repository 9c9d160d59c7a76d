using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups;

/// <summary>Files of a backup that are not dumps of a database or archives of files: flipped, cut, or forged with a right SHA-256.</summary>
public sealed class HostileSourcesTests
{
    public static TheoryData<string, string> Kinds => new()
    {
        { "cluster:main", "pg-cluster+gzip" },
        { "globals:main", "pg-cluster+gzip" },
        { "sqlite:shared/search.sqlite", "sqlite+gzip" },
        { "raft:vault", "raft" },
        { "command:keys", "output+gzip" },
    };

    /// <summary>Without what a command writes, which has no format that could tell.</summary>
    public static TheoryData<string, string> Formats => new()
    {
        { "cluster:main", "pg-cluster+gzip" },
        { "globals:main", "pg-cluster+gzip" },
        { "sqlite:shared/search.sqlite", "sqlite+gzip" },
        { "raft:vault", "raft" },
    };

    /// <summary>Without a raft snapshot, which is packed in itself.</summary>
    public static TheoryData<string, string> Packed => new()
    {
        { "cluster:main", "pg-cluster+gzip" },
        { "sqlite:shared/search.sqlite", "sqlite+gzip" },
        { "command:keys", "output+gzip" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_flipped_bit_or_a_cut_anywhere_is_found_by_its_file_and_nothing_live_is_touched(string source, string encoding)
    {
        using var app = new TestApp();
        var (backup, path) = await WithAsync(app, source, encoding, Whole(encoding));
        await app.Room().ProveAsync(backup.BackupId, ProofLevel.Structure, default);
        var (whole, random, live) = (File.ReadAllBytes(path), new Random(source.Length), Live(app));
        for (var round = 0; round < 60; round++)
        {
            File.WriteAllBytes(path, round % 3 == 2 ? whole[..random.Next(whole.Length)] : TestData.WithFlippedBit(whole, random));
            foreach (var level in new[] { ProofLevel.Checksum, ProofLevel.Structure, ProofLevel.Restore })
            {
                var error = await Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, level, default));
                Assert.Equal(ErrorIds.BackupDamaged, error.ErrorId);
                Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(live, Live(app));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task One_that_was_cut_before_it_was_hashed_is_found_by_its_own_format(string source, string encoding)
    {
        using var app = new TestApp();
        var content = Whole(encoding);
        var random = new Random(5);
        for (var round = 0; round < 20; round++)
        {
            // At least a tenth is missing: a line end alone is nothing.
            var (backup, path) = await WithAsync(app, source, encoding, content[..random.Next(content.Length * 9 / 10)]);
            await app.Room().ProveAsync(backup.BackupId, ProofLevel.Checksum, default);
            var error = await Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, ProofLevel.Structure, default));
            Assert.Equal(ErrorIds.BackupDamaged, error.ErrorId);
            Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Packed))]
    public async Task A_bomb_is_stopped_at_the_recorded_size(string source, string encoding)
    {
        using var app = new TestApp();
        var (backup, _) = await WithAsync(app, source, encoding, new byte[40 << 20], originalSize: 1000);
        var error = await Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, ProofLevel.Structure, default));
        Assert.Equal(ErrorIds.BackupDamaged, error.ErrorId);
        Assert.Contains("1000 bytes", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Whole(string encoding) => Encodings.ContentOf(encoding) switch
    {
        Encodings.Sqlite => Sqlite(),
        Encodings.Raft => Raft(),
        Encodings.PostgresCluster => Encoding.UTF8.GetBytes(
            "--\n-- PostgreSQL database cluster dump\n--\n" + string.Concat(Enumerable.Range(0, 400).Select(n => $"CREATE ROLE r{n} LOGIN PASSWORD '{n * 7919}';\n")) + "\n--\n-- PostgreSQL database cluster dump complete\n--\n\n"),
        _ => Noise(9000),
    };

    private static byte[] Sqlite()
    {
        var file = Noise(8 * 4096);
        "SQLite format 3\0"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(16), 4096);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(28), 8);
        return file;
    }

    /// <summary>As a Vault writes it: a compressed archive of its parts and a list of their hashes.</summary>
    private static byte[] Raft()
    {
        (string Name, byte[] Content)[] parts = [("meta.json", Encoding.UTF8.GetBytes("{\"Version\":1}")), ("state.bin", Noise(6000))];
        var sums = string.Concat(parts.Select(p => $"{Convert.ToHexString(SHA256.HashData(p.Content)).ToLowerInvariant()}  {p.Name}\n"));
        var packed = new MemoryStream();
        using (var writer = new TarWriter(new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)))
        {
            foreach (var (name, content) in parts.Append(("SHA256SUMS", Encoding.UTF8.GetBytes(sums))))
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return packed.ToArray();
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A backup with one more file of this kind, whose checksum fits whatever is in it.</summary>
    private static async Task<(Backup Backup, string Path)> WithAsync(TestApp app, string source, string encoding, byte[] content, long? originalSize = null)
    {
        var backup = await app.BackUpAsync();
        var stored = new MemoryStream();
        if (Encodings.CompressionOf(encoding) == Encodings.None)
            stored.Write(content);
        else
            using (var gzip = new GZipStream(stored, CompressionLevel.Fastest, leaveOpen: true))
                gzip.Write(content);
        var file = new BackupFile
        {
            Path = "extra/file.bin", Size = stored.Length, Sha256 = Convert.ToHexString(SHA256.HashData(stored.ToArray())).ToLowerInvariant(),
            Source = source, Encoding = encoding, OriginalSize = originalSize ?? content.Length,
        };
        var path = Path.Combine(backup.Location, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, stored.ToArray());
        var manifest = ManifestFile.Read(backup.Location);
        manifest = manifest with { Files = [.. manifest.Files.Where(f => f.Path != file.Path), file] };
        ManifestFile.Write(backup.Location, manifest);
        File.WriteAllText(Path.Combine(backup.Location, "SHA256SUMS"), ChecksumList.Of(manifest.Files));
        return (backup, path);
    }

    private static string Live(TestApp app) => string.Join("|", app.Database.Databases.Keys) + string.Join("|", app.Volumes.Content.Keys) + string.Join("|", Directory.EnumerateFileSystemEntries(app.Scratch["app"]));
}
