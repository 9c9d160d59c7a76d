using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups;

namespace UpgradeOps.Engine.Tests.Backups.Stores;

public class S3FaultTests
{
    [Theory]
    [InlineData(404, "NoSuchBucket", ErrorIds.StoreBucketMissing)]
    [InlineData(404, "NotFound", ErrorIds.StoreBucketMissing)]
    [InlineData(403, "AccessDenied", ErrorIds.StoreUnauthorized)]
    [InlineData(403, "InvalidAccessKeyId", ErrorIds.StoreUnauthorized)]
    [InlineData(403, "SignatureDoesNotMatch", ErrorIds.StoreUnauthorized)]
    [InlineData(400, "ExpiredToken", ErrorIds.StoreUnauthorized)]
    [InlineData(301, "PermanentRedirect", ErrorIds.StoreWrongRegion)]
    [InlineData(400, "AuthorizationHeaderMalformed", ErrorIds.StoreWrongRegion)]
    [InlineData(403, "RequestTimeTooSkewed", ErrorIds.StoreClockSkew)]
    [InlineData(403, "QuotaExceeded", ErrorIds.StoreFull)]
    [InlineData(507, "XMinioStorageFull", ErrorIds.StoreFull)]
    [InlineData(503, "SlowDown", ErrorIds.StoreFailed)]
    [InlineData(400, "SomethingNew", ErrorIds.StoreFailed)]
    public async Task What_the_server_refuses_has_a_name_and_a_next_action(int status, string code, string errorId)
    {
        using var s3 = new FakeS3 { Fault = _ => new S3Fault { Status = status, Code = code } };
        using var app = new BucketApp(s3.Endpoint);
        var error = await Assert.ThrowsAsync<AppException>(app.ListedAsync);
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(FakeS3.Bucket, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Error.RecommendedAction);
        Assert.DoesNotContain(BucketApp.Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_leaves_the_local_backups_listed_and_blocks_an_update_that_needs_it()
    {
        string endpoint;
        using (var gone = new FakeS3())
            endpoint = gone.Endpoint;
        using var app = new BucketApp(endpoint);
        await app.MakeAsync();

        var (backups, findings) = await app.Room().ListAsync(everywhere: true, default);
        Assert.Equal(["local"], Assert.Single(backups).Stores);
        Assert.Equal(ErrorIds.StoreUnreachable, Assert.Single(findings).ErrorId);
        Assert.Empty((await app.Room().ListAsync(everywhere: false, default)).Findings);

        Assert.Equal(FindingSeverity.Blocker, (await app.Room().CheckAsync(default)).Single(f => f.ErrorId == ErrorIds.StoreUnreachable).Severity);
        app.Definition = app.Definition with { Store = app.Definition.Store! with { Required = false } };
        Assert.Equal(FindingSeverity.Warning, (await app.Room().CheckAsync(default)).Single(f => f.ErrorId == ErrorIds.StoreUnreachable).Severity);

        // What is here is proved and restored without it.
        Assert.Equal(ErrorIds.StoreUnreachable, (await Assert.ThrowsAsync<AppException>(() => app.Room().GetAsync("20250101T000000000Z-0001", default))).ErrorId);
        Assert.DoesNotContain(await app.Room().PlanRestoreAsync(BucketApp.Id, null, default), s => s.Kind == "backup.fetch");
    }

    [Fact]
    public async Task Asked_to_slow_down_it_does_and_goes_on()
    {
        using var s3 = new FakeS3();
        using var app = new BucketApp(s3.Endpoint);
        app.Fill(16);
        await app.MakeAsync();
        var refused = 0;
        s3.Fault = r => r.Part == 2 && Interlocked.Increment(ref refused) <= 4 ? new S3Fault { Status = 503, Code = "SlowDown" } : null;
        await app.SendAsync();
        Assert.Equal([BucketApp.Id], await app.ListedAsync());
        Assert.Equal(5, refused);
    }

    [Fact]
    public async Task A_connection_that_is_cut_in_the_middle_of_a_part_costs_that_part_alone()
    {
        using var s3 = new FakeS3();
        using var app = new BucketApp(s3.Endpoint);
        app.Fill(24);
        await app.MakeAsync();
        var cuts = 0;
        s3.Fault = r => r.Part == 3 && Interlocked.Increment(ref cuts) <= 2 ? new S3Fault { CutAfter = 100_000 } : null;
        await app.SendAsync();
        Assert.Equal([BucketApp.Id], await app.ListedAsync());
        Assert.Equal([1, 1, 3, 1], Enumerable.Range(1, 4).Select(n => s3.Count("PUT", $"partNumber={n}&")));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(0)]
    public async Task An_answer_of_nothing_does_not_count_as_taken(int mebibytes)
    {
        using var s3 = new FakeS3();
        using var app = new BucketApp(s3.Endpoint);
        if (mebibytes > 0)
            app.Fill(mebibytes);
        await app.MakeAsync();
        var hollow = 0;
        s3.Fault = r => r.Method == "PUT" && r.Key.EndsWith(".tar.gz", StringComparison.Ordinal) && Interlocked.Increment(ref hollow) == 1 ? new S3Fault { Hollow = true } : null;
        await app.SendAsync();
        Assert.Equal([BucketApp.Id], await app.ListedAsync());
    }

    [Fact]
    public async Task A_download_that_is_cut_goes_on_where_it_was()
    {
        using var s3 = new FakeS3();
        using var app = new BucketApp(s3.Endpoint);
        app.Fill(9);
        await app.MakeAsync();
        await app.SendAsync();
        var cuts = 0;
        s3.Fault = r => r is { Method: "GET", Key: var key } && key.EndsWith(".tar.gz", StringComparison.Ordinal) && Interlocked.Increment(ref cuts) <= 3 ? new S3Fault { CutAfter = 2_000_000 } : null;
        await app.Room(app.Scratch["elsewhere"]).FetchAsync(BucketApp.Id, static (_, _, _) => { }, default);
        Assert.Equal(4, cuts);
        Assert.Contains(s3.Requests, r => r.Contains(" from ", StringComparison.Ordinal));
        Assert.Equal(["local", "s3"], (await app.Room(app.Scratch["elsewhere"]).GetAsync(BucketApp.Id, default)).Stores);
    }

    [Theory]
    [InlineData(403, "QuotaExceeded")]
    [InlineData(507, "InsufficientStorage")]
    public async Task A_store_that_is_full_at_nine_tenths_lists_nothing_keeps_nothing_and_gets_it_later(int status, string code)
    {
        using var s3 = new FakeS3();
        using var app = new BucketApp(s3.Endpoint);
        app.Fill(32);
        await app.MakeAsync();
        if (status == 403)
            s3.Quota = (long)(0.9 * (32 << 20));
        else
            s3.Fault = r => r.Part == 4 ? new S3Fault { Status = status, Code = code } : null;
        Assert.Equal(ErrorIds.StoreFull, (await Assert.ThrowsAsync<AppException>(() => app.SendAsync())).ErrorId);
        Assert.Empty(await app.ListedAsync());
        Assert.Empty(s3.Objects);
        Assert.Empty(s3.Uploads);
        Assert.Equal(["local"], (await app.Room().GetAsync(BucketApp.Id, default)).Stores);

        (s3.Quota, s3.Fault) = (long.MaxValue, static _ => null);
        const string Next = "20260302T020000000Z-0001";
        await app.MakeAsync(Next);
        Assert.Empty(await app.SendAsync(Next, others: true));
        Assert.Equal([Next, BucketApp.Id], await app.ListedAsync());
        Assert.Empty(Directory.GetFiles(app.Folder, ".owed-*"));
    }
}
