using System.Security.Cryptography;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Stores;

/// <summary>What an administrator does with a bucket, through the built console.</summary>
[Collection(S3Tests.Name)]
public sealed class S3ConsoleTests(S3Fixture s3)
{
    [Fact]
    public async Task Killed_in_the_upload_another_process_sends_only_what_is_missing_and_the_update_is_kept()
    {
        Needs.Parts(Part.S3);
        var bucket = await s3.NewBucketAsync();
        await using var app = new ServedApp(s3.Server.Endpoint, bucket);
        await app.StartAsync();
        app.Fill(120);
        var there = await s3.Server.KeysAsync(bucket);

        var killed = await app.RunAsync(
            e => e.StepId?.Contains("backup.upload", StringComparison.Ordinal) == true && e is { Kind: ProgressKind.Working, BytesDone: > 40 << 20 },
            "update", "app", "--version", "1.1.0", "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());
        await app.AssertServesAsync("1.0.0");
        Assert.Equal(there, await s3.Server.KeysAsync(bucket));
        var before = await s3.Server.PartsSentAsync(bucket);
        Assert.InRange(before.Count, 5, 14);

        var resumed = await app.RunAsync("resume", "app");
        Assert.True(resumed.ExitCode == 0 && resumed.Result.Status == UpdateStatus.Kept, resumed.ToString());
        await app.AssertServesAsync("1.1.0");

        // A part that was on its way when the process died may be sent again; one that the server had is not.
        var all = await s3.Server.PartsSentAsync(bucket);
        var manifest = Manifest(app, resumed.Result.BackupIds[0]);
        var file = manifest.Files[0];
        Assert.Equal(Enumerable.Range(1, (int)((file.Size + (8 << 20) - 1) / (8 << 20))), all.Distinct().Order());
        Assert.InRange(all.Count - all.Distinct().Count(), 0, 4);
        var key = $"night/app/{manifest.BackupId}/{file.Path}";
        Assert.Equal(file.Sha256, Convert.ToHexStringLower(SHA256.HashData(await s3.Server.ReadAsync(bucket, key))));
        Assert.Empty(Directory.GetFiles(app.Backups, $".owed-{manifest.BackupId}*"));
        app.AssertNoSecret(killed, resumed);
    }

    [Fact]
    public async Task Another_machine_restores_with_the_definition_and_the_bucket_alone()
    {
        Needs.Parts(Part.S3);
        var bucket = await s3.NewBucketAsync();
        await using var app = new ServedApp(s3.Server.Endpoint, bucket);
        await app.StartAsync();
        app.Fill(9);
        var bytes = await File.ReadAllBytesAsync(Path.Combine(app.Data, "large.bin"));
        var made = await app.ExpectAsync("backup", "app");
        Assert.Contains("\"s3\"", made.Output, StringComparison.Ordinal);
        var pid = await app.ExpectAsync("status", "app");
        await StopAsync(app);

        app.LoseMachine();
        await app.ExpectAsync("register", app.DefinitionPath);
        var listed = await app.ExpectAsync("backups", "app");
        Assert.Contains($"s3://{bucket}/night/app/", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\"local\"", listed.Output, StringComparison.Ordinal);
        var whatIf = await app.RunAsync("restore", "app", "--what-if", "--force");
        Assert.Contains("backup.fetch", whatIf.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(app.Data));

        var restored = await app.ExpectAsync("restore", "app", "--force");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(app.Data, "large.bin")));
        Assert.Contains("\"local\"", (await app.ExpectAsync("backups", "app")).Output, StringComparison.Ordinal);
        await app.ExpectAsync("update", "app", "--version", "1.0.0", "--yes");
        await app.AssertServesAsync("1.0.0");
        app.AssertNoSecret(made, listed, whatIf, restored, pid);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_refuses_the_update_and_one_that_goes_away_stops_it_with_the_old_version_serving()
    {
        Needs.Parts(Part.S3);
        var bucket = await s3.NewBucketAsync();
        await using var app = new ServedApp(s3.Server.Endpoint, bucket);
        await app.StartAsync();
        foreach (var key in await s3.Server.KeysAsync(bucket))
            await s3.Server.DeleteAsync(bucket, key);

        File.Delete(app.GatePath);
        var stopped = await app.RunAsync(
            e =>
            {
                if (e.Kind != ProgressKind.StepStarted || e.StepId?.Contains("backup.create", StringComparison.Ordinal) != true)
                    return false;
                s3.Server.DeleteAsync(bucket).GetAwaiter().GetResult();
                File.WriteAllText(app.GatePath, "");
                return false;
            },
            "update", "app", "--version", "1.1.0", "--yes");
        Assert.Equal(UpdateStatus.Undone, stopped.Result.Status);
        Assert.True(stopped.Result.Error!.ErrorId == ErrorIds.StoreBucketMissing, stopped.ToString());
        await app.AssertServesAsync("1.0.0");
        Assert.Contains("\"local\"", (await app.ExpectAsync("backups", "app")).Output, StringComparison.Ordinal);

        var refused = await app.RunAsync("update", "app", "--version", "1.1.0", "--yes");
        Assert.Contains(ErrorIds.StoreBucketMissing, refused.Output + refused.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, refused.ExitCode);
        await app.AssertServesAsync("1.0.0");

        // Once the bucket is there, what is owed comes with the next backup.
        await s3.Server.CreateBucketAsync(bucket);
        await app.ExpectAsync("backup", "app");
        Assert.Empty(Directory.GetFiles(app.Backups, ".owed-*"));
        app.AssertNoSecret(stopped, refused);
    }

    [Fact]
    public async Task A_late_copy_that_fails_keeps_the_update_and_comes_with_the_next_backup()
    {
        Needs.Parts(Part.S3);
        var bucket = await s3.NewBucketAsync();
        await using var app = new ServedApp(s3.Server.Endpoint, bucket, "  required: false");
        await app.StartAsync();
        foreach (var key in await s3.Server.KeysAsync(bucket))
            await s3.Server.DeleteAsync(bucket, key);
        await s3.Server.DeleteAsync(bucket);

        var updated = await app.RunAsync("update", "app", "--version", "1.1.0", "--yes");
        Assert.Equal(UpdateStatus.Kept, updated.Result.Status);
        Assert.Contains("on this machine only", updated.Error, StringComparison.Ordinal);
        await app.AssertServesAsync("1.1.0");

        await s3.Server.CreateBucketAsync(bucket);
        await app.ExpectAsync("backup", "app");
        Assert.Contains(await s3.Server.KeysAsync(bucket), k => k == $"night/app/{updated.Result.BackupIds[0]}/manifest.json");
    }

    [Fact]
    public async Task What_expires_leaves_the_bucket_too_and_only_the_newest_and_the_way_back_stay_on_the_machine()
    {
        Needs.Parts(Part.S3);
        var bucket = await s3.NewBucketAsync();
        await using var app = new ServedApp(s3.Server.Endpoint, bucket, "  keepLocal: 1\nretention: { last: 2 }");
        await app.StartAsync();
        var wayBack = Assert.Single(Here());
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            await app.ExpectAsync("backup", "app");
            ids.Add(Here().Last());
        }

        Assert.Equal([wayBack, ids[2]], Here());
        Assert.Equal(
            new[] { wayBack, ids[1], ids[2] }.Order(StringComparer.Ordinal),
            (await s3.Server.KeysAsync(bucket)).Select(k => k.Split('/')[2]).Distinct().Order(StringComparer.Ordinal));
        await app.ExpectAsync("restore", "app", "--backup-id", ids[1], "--force");
        Assert.Contains(ids[1], Here());

        IEnumerable<string> Here() => Directory.GetDirectories(app.Backups).Select(d => Path.GetFileName(d)!).Where(n => n[0] != '.').Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Three_hundred_megabytes_go_up_in_flat_memory()
    {
        Needs.Parts(Part.S3);
        var bucket = await s3.NewBucketAsync();
        await using var app = new ServedApp(s3.Server.Endpoint, bucket);
        await app.ExpectAsync("register", app.DefinitionPath);
        app.Fill(300);
        var (made, peak) = await app.MeasureAsync("backup", "app");
        Assert.True(made.ExitCode == 0, made.ToString());
        Assert.InRange(peak, 20, 150);
    }

    private static async Task StopAsync(ServedApp app)
    {
        var pid = (await File.ReadAllLinesAsync(Path.Combine(app.Data, "../../run/app.pid"))).First(l => l.StartsWith("pid=", StringComparison.Ordinal))["pid=".Length..];
        await Command.RunAsync("kill", "-9", pid);
    }

    private static BackupManifest Manifest(ServedApp app, string backupId) => ManifestFile.Read(Path.Combine(app.Backups, backupId));
}
