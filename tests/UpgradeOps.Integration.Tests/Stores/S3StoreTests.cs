using System.Security.Cryptography;
using UpgradeOps.Engine.Backups;

namespace UpgradeOps.Integration.Stores;

[Collection(S3Tests.Name)]
public sealed class S3StoreTests(S3Fixture s3)
{
    private static readonly CancellationToken Token = CancellationToken.None;

    [Fact]
    public async Task A_backup_is_in_the_bucket_byte_by_byte_and_comes_back_on_another_machine()
    {
        Needs.Parts(Part.S3);
        var bucket = await s3.NewBucketAsync();
        using var app = new FolderApp(s3.Server.Endpoint, bucket);
        app.Fill("large.bin", 20 << 20);
        app.Fill("small.bin", 1000);

        var backup = await app.BackUpAsync();
        Assert.Equal(["local", "s3"], backup.Stores);
        var prefix = $"night/app/{backup.BackupId}/";
        Assert.Equal(
            backup.Files.Select(f => prefix + f.Path).Append(prefix + "SHA256SUMS").Append(prefix + "manifest.json").Order(StringComparer.Ordinal),
            await s3.Server.KeysAsync(bucket));
        foreach (var file in backup.Files)
            Assert.Equal(file.Sha256, Convert.ToHexStringLower(SHA256.HashData(await s3.Server.ReadAsync(bucket, prefix + file.Path))));

        var elsewhere = app.Other("elsewhere");
        var (found, findings) = await app.Room(elsewhere).ListAsync(everywhere: true, Token);
        Assert.Empty(findings);
        Assert.Equal(["s3"], Assert.Single(found).Stores);
        var proved = await app.Room(elsewhere).ProveAsync(backup.BackupId, ProofLevel.Structure, Token);
        Assert.Equal(["local", "s3"], proved.Stores);
        Assert.Equal(ProofLevel.Structure, proved.Proof.Level);

        // The stronger proof is told by every store.
        Assert.Equal(ProofLevel.Structure, (await app.Store().ReadAsync(backup.BackupId, Token)).Proof.Level);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(app.Backups, backup.BackupId, backup.Files[0].Path)),
            File.ReadAllBytes(Path.Combine(elsewhere, backup.BackupId, backup.Files[0].Path)));
    }
}
