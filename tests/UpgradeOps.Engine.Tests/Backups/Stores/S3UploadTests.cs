using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Stores.S3;

namespace UpgradeOps.Engine.Tests.Backups.Stores;

public class S3UploadTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task An_interrupted_copy_goes_on_and_sends_only_what_is_missing(bool checksums, bool md5)
    {
        using var s3 = new FakeS3 { ShowsChecksums = checksums, ShowsMd5 = md5 };
        using var app = new BucketApp(s3.Endpoint);
        app.Fill(40);
        await app.MakeAsync();
        s3.Fault = r => r.Part > 3 ? new S3Fault { Status = 403, Code = "AccessDenied" } : null;
        await Assert.ThrowsAsync<AppException>(() => app.SendAsync());
        Assert.Empty(await app.ListedAsync());
        await s3.IdleAsync();
        var there = Assert.Single(s3.Uploads.Values).Parts.Keys.ToList();

        // Of what is there one part is damaged: it is sent again, as what is missing is.
        Assert.Single(s3.Uploads.Values).Parts[there[0]][5] ^= 1;
        s3.Fault = static _ => null;
        s3.Requests.Clear();
        await app.SendAsync();
        Assert.Equal([BucketApp.Id], await app.ListedAsync());
        Assert.Equal(
            Enumerable.Range(1, 6).Except(there.Skip(1)),
            Enumerable.Range(1, 6).Where(n => s3.Count("PUT", $"partNumber={n}&") == 1));
        Assert.Empty(s3.Uploads);
    }

    [Fact]
    public async Task A_server_that_shows_no_checksum_at_all_is_read_back()
    {
        using var s3 = new FakeS3 { ShowsChecksums = false, ShowsMd5 = false };
        using var app = new BucketApp(s3.Endpoint);
        app.Fill(9);
        await app.MakeAsync();
        await app.SendAsync();
        Assert.Equal([BucketApp.Id], await app.ListedAsync());
        Assert.Single(s3.Requests, r => r.StartsWith("GET night/", StringComparison.Ordinal) && r.Contains(".tar.gz", StringComparison.Ordinal) && !r.Contains("uploadId", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(0)]
    public async Task A_server_that_keeps_other_bytes_is_found_out_and_nothing_is_listed(int mebibytes)
    {
        using var s3 = new FakeS3 { Forges = static key => key.EndsWith(".tar.gz", StringComparison.Ordinal) };
        using var app = new BucketApp(s3.Endpoint);
        if (mebibytes > 0)
            app.Fill(mebibytes);
        await app.MakeAsync();
        Assert.Equal(ErrorIds.StoreFailed, (await Assert.ThrowsAsync<AppException>(() => app.SendAsync())).ErrorId);
        Assert.Empty(await app.ListedAsync());
        Assert.Empty(s3.Objects);
    }

    [Fact]
    public async Task A_completed_upload_whose_answer_was_lost_is_not_sent_again()
    {
        using var s3 = new FakeS3();
        using var app = new BucketApp(s3.Endpoint);
        app.Fill(9);
        await app.MakeAsync();
        var lost = 0;
        s3.Fault = r => r.Method == "POST" && r["uploadId"] is not null && Interlocked.Increment(ref lost) == 1 ? new S3Fault { Silent = true } : null;
        await app.SendAsync();
        Assert.Equal([BucketApp.Id], await app.ListedAsync());
        Assert.Equal(2, s3.Count("PUT", "partNumber="));
    }

    [Fact]
    public async Task Local_bytes_that_changed_are_never_listed_elsewhere()
    {
        using var s3 = new FakeS3();
        using var app = new BucketApp(s3.Endpoint);
        app.Fill(9);
        var backup = await app.MakeAsync();
        var path = Path.Combine(backup.Location, backup.Files[0].Path);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        Assert.Equal(ErrorIds.BackupDamaged, (await Assert.ThrowsAsync<AppException>(() => app.SendAsync())).ErrorId);
        Assert.Empty(await app.ListedAsync());
    }

    [Fact]
    public async Task Sent_twice_it_costs_nothing_and_a_newer_proof_is_told()
    {
        using var s3 = new FakeS3();
        using var app = new BucketApp(s3.Endpoint);
        await app.MakeAsync();
        await app.SendAsync();
        s3.Requests.Clear();
        await app.SendAsync();
        Assert.Equal(0, s3.Count("PUT", ""));

        await app.Room().ProveAsync(BucketApp.Id, ProofLevel.Structure, default);
        Assert.Equal(ProofLevel.Structure, (await app.Store().ReadAsync(BucketApp.Id, default)).Proof.Level);
    }

    [Fact]
    public async Task Two_processes_do_not_send_the_same_backup_and_two_backups_do_not_disturb_each_other()
    {
        using var s3 = new FakeS3();
        using var app = new BucketApp(s3.Endpoint);
        const string Other = "20260301T030000000Z-0001";
        app.Fill(16);
        await app.MakeAsync();
        await app.MakeAsync(Other);
        using (PartialClaim.TryTake(Path.Combine(app.Folder, ".owed-" + BucketApp.Id)))
            Assert.Equal(ErrorIds.BackupFailed, (await Assert.ThrowsAsync<AppException>(() => app.SendAsync())).ErrorId);
        await Task.WhenAll(app.SendAsync(), app.SendAsync(Other));
        Assert.Equal([Other, BucketApp.Id], await app.ListedAsync());
        Assert.All(await Task.WhenAll(app.Room(app.Scratch["x"]).ProveAsync(BucketApp.Id, ProofLevel.Checksum, default), app.Room(app.Scratch["y"]).ProveAsync(Other, ProofLevel.Checksum, default)),
            b => Assert.Equal(ProofLevel.Checksum, b.Proof.Level));
    }

    [Fact]
    public async Task What_a_copy_left_of_a_backup_that_is_gone_is_cleared_away_but_never_a_whole_one()
    {
        using var s3 = new FakeS3();
        using var app = new BucketApp(s3.Endpoint);
        const string Whole = "20260228T020000000Z-0001";
        const string Next = "20260302T020000000Z-0001";
        app.Fill(16);
        await app.MakeAsync(Whole);
        await app.SendAsync(Whole);
        await app.MakeAsync();
        s3.Fault = r => r.Part > 1 ? new S3Fault { Status = 403, Code = "AccessDenied" } : null;
        await Assert.ThrowsAsync<AppException>(() => app.SendAsync());
        s3.Fault = static _ => null;
        var local = new FolderBackupStore(app.Folder);
        local.Remove(BucketApp.Id);
        local.Remove(Whole);
        app.Scratch.Write($"backups/.owed-{Whole}", "");
        await app.MakeAsync(Next);
        Assert.Empty(await app.SendAsync(Next, others: true));
        Assert.Equal([Next, Whole], await app.ListedAsync());
        Assert.DoesNotContain(s3.Objects.Keys, k => k.Contains(BucketApp.Id, StringComparison.Ordinal));
        Assert.Empty(s3.Uploads);
    }

    [Theory]
    [InlineData(0, 1, 8L << 20)]
    [InlineData(8L << 20, 1, 8L << 20)]
    [InlineData((8L << 20) + 1, 2, 8L << 20)]
    [InlineData(5L << 40, 8993, 583L << 20)]
    public void Parts_follow_from_the_size_alone(long size, int count, long partSize)
    {
        var plan = PartPlan.Of(size);
        Assert.Equal((count, partSize), (plan.Count, plan.PartSize));
        Assert.Equal(size, Enumerable.Range(1, plan.Count).Sum(plan.LengthOf));
        Assert.True(plan.Count <= 10_000);
    }
}
