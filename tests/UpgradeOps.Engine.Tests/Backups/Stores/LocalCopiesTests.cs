namespace UpgradeOps.Engine.Tests.Backups.Stores;

/// <summary>What stays on the machine when <c>store.keepLocal</c> says how much.</summary>
public sealed class LocalCopiesTests : IDisposable
{
    private static readonly string[] Ids = [.. Enumerable.Range(1, 5).Select(day => $"2026030{day}T020000000Z-0001")];

    private readonly FakeS3 _s3 = new();
    private readonly BucketApp _app;

    public LocalCopiesTests()
    {
        _app = new BucketApp(_s3.Endpoint);
        Keep(1);
    }

    public void Dispose()
    {
        _app.Dispose();
        _s3.Dispose();
    }

    [Fact]
    public async Task Older_ones_leave_the_machine_but_no_other_place_and_come_back_when_they_are_needed()
    {
        await MakeAsync(sent: 5);
        Assert.Equal([Ids[1], Ids[2], Ids[3]], await TrimAsync(Ids[0]));
        Assert.Equal([Ids[0], Ids[4]], Here());
        var listed = (await _app.Room().ListAsync(everywhere: true, default)).Backups;
        Assert.Equal(Ids.Reverse(), listed.Select(b => b.BackupId));
        Assert.Equal(["s3"], listed.Single(b => b.BackupId == Ids[2]).Stores);
        Assert.Empty(await TrimAsync(Ids[0]));

        await _app.Room().ProveAsync(Ids[2], ProofLevel.Structure, default);
        Assert.Equal([Ids[0], Ids[2], Ids[4]], Here());
        Assert.Equal([Ids[2]], await TrimAsync(Ids[0]));
    }

    [Fact]
    public async Task Nothing_leaves_that_is_not_whole_in_the_store()
    {
        await MakeAsync(sent: 4);
        _s3.Objects.Remove($"night/app/{Ids[0]}/manifest.json", out _);
        _s3.Objects[$"night/app/{Ids[1]}/manifest.json"] = [1, 2, 3];
        _s3.Objects[$"night/app/{Ids[2]}/manifest.json"] = _s3.Objects[$"night/app/{Ids[3]}/manifest.json"];
        Assert.Equal([Ids[3]], await TrimAsync());
        Assert.Equal([Ids[0], Ids[1], Ids[2], Ids[4]], Here());
    }

    [Fact]
    public async Task Nothing_leaves_while_it_is_still_owed_or_the_store_does_not_answer()
    {
        await MakeAsync(sent: 2);
        Assert.Equal([Ids[0], Ids[1]], await TrimAsync());
        await _app.SendAsync(Ids[2], others: true);
        _s3.Fault = static _ => new S3Fault { Status = 403, Code = "AccessDenied" };
        Assert.Equal(ErrorIds.StoreUnauthorized, (await Assert.ThrowsAsync<AppException>(() => TrimAsync())).ErrorId);
        Assert.Equal([Ids[2], Ids[3], Ids[4]], Here());
    }

    [Fact]
    public async Task All_stay_where_nothing_is_said()
    {
        Keep(null);
        await MakeAsync(sent: 5);
        Assert.Empty(await TrimAsync());
        Assert.Equal(Ids, Here());
    }

    private void Keep(int? count) => _app.Definition = _app.Definition with { Store = _app.Definition.Store! with { KeepLocal = count } };

    private async Task MakeAsync(int sent)
    {
        foreach (var id in Ids)
            await _app.MakeAsync(id);
        foreach (var id in Ids.Take(sent))
            await _app.SendAsync(id);
    }

    private Task<IReadOnlyList<string>> TrimAsync(params string[] needed) => _app.Room().TrimAsync(needed.ToHashSet(), default);

    private IEnumerable<string> Here() => Directory.GetDirectories(_app.Folder).Select(d => Path.GetFileName(d)!).Where(n => n[0] != '.').Order(StringComparer.Ordinal);
}
