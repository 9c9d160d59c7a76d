using UpgradeOps.Engine.Backups.Stores;

namespace UpgradeOps.Engine.Tests.Backups.Stores.Contract;

/// <summary>What every place that keeps backups promises.</summary>
public abstract class StoreContract
{
    private const string First = "20260301T020000000Z-0001";
    private const string Second = "20260302T020000000Z-0001";

    private static readonly CancellationToken Token = CancellationToken.None;

    /// <summary>The store, empty.</summary>
    private protected abstract Task<IBackupStore> OpenAsync();

    /// <summary>Brings a whole backup into it.</summary>
    private protected abstract Task PutAsync(string backupId);

    /// <summary>Leaves in it what a crash leaves of a backup.</summary>
    private protected abstract Task LeaveHalfAsync(string backupId);

    [Fact]
    public async Task Lists_what_is_whole_newest_first_and_nothing_else()
    {
        var store = await OpenAsync();
        Assert.Empty(await store.ListAsync(Token));
        await PutAsync(First);
        await PutAsync(Second);
        await LeaveHalfAsync("20260303T020000000Z-0001");
        Assert.Equal([Second, First], await store.ListAsync(Token));
        Assert.Equal(First, (await store.ReadAsync(First, Token)).BackupId);
        Assert.Contains(First, store.LocationOf(First), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_removed_is_gone_and_may_be_removed_again()
    {
        var store = await OpenAsync();
        await PutAsync(First);
        await PutAsync(Second);
        await store.RemoveAsync(First, Token);
        await store.RemoveAsync(First, Token);
        Assert.Equal([Second], await store.ListAsync(Token));
        Assert.Equal(ErrorIds.BackupNotFound, (await Assert.ThrowsAsync<AppException>(() => store.ReadAsync(First, Token))).ErrorId);
        await PutAsync(First);
        Assert.Equal([Second, First], await store.ListAsync(Token));
    }

    [Fact]
    public async Task A_newer_manifest_takes_the_place_of_the_old_one()
    {
        var store = await OpenAsync();
        await PutAsync(First);
        var manifest = await store.ReadAsync(First, Token);
        await store.WriteAsync(manifest with { Proof = new BackupProof { Level = ProofLevel.Restore, Evidence = ["seen"] } }, Token);
        Assert.Equal(["seen"], (await store.ReadAsync(First, Token)).Proof.Evidence);
        Assert.Equal(manifest.Files.Select(f => f.Sha256), (await store.ReadAsync(First, Token)).Files.Select(f => f.Sha256));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    public async Task An_id_that_is_none_is_not_found_and_removes_nothing(string id)
    {
        var store = await OpenAsync();
        await PutAsync(First);
        Assert.Equal(ErrorIds.BackupNotFound, (await Assert.ThrowsAsync<AppException>(() => store.ReadAsync(id, Token))).ErrorId);
        await store.RemoveAsync(id, Token);
        Assert.Equal([First], await store.ListAsync(Token));
    }
}
