using UpgradeOps.Engine.Backups;

namespace UpgradeOps.Integration.Stores;

/// <summary>The disk of the local store becomes full when nine tenths of a backup are on it.</summary>
[Collection(S3Tests.Name)]
public sealed class SmallDiskTests(S3Fixture s3)
{
    private const int Size = 32 << 20;

    private static readonly CancellationToken Token = CancellationToken.None;

    [Fact]
    public async Task A_backup_that_finds_no_room_for_its_last_tenth_leaves_nothing_and_the_next_one_is_whole()
    {
        Needs.Parts(Part.Mount);
        using var app = new FolderApp("http://127.0.0.1:9", "none");
        app.Fill("large.bin", Size);
        await using var disk = await SmallDisk.OverAsync(app.Backups, 64);
        var room = app.Room(remote: false);
        var full = await Assert.ThrowsAsync<AppException>(() => room.CreateAsync(
            new BackupRequest { BackupId = FolderApp.Id, Progress = FillAtNineTenths(disk) }, Token));
        Assert.Equal(ErrorIds.DiskTooFull, full.ErrorId);
        Assert.Empty((await room.ListAsync(everywhere: true, Token)).Backups);
        disk.Free();
        Assert.Empty(Directory.GetFileSystemEntries(app.Backups));

        await room.CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);
        Assert.Equal(ProofLevel.Structure, (await room.ProveAsync(FolderApp.Id, ProofLevel.Structure, Token)).Proof.Level);
    }

    [Fact]
    public async Task A_backup_that_is_fetched_and_finds_no_room_is_not_listed_here_and_comes_whole_later()
    {
        Needs.Parts(Part.Mount, Part.S3);
        using var app = new FolderApp(s3.Server.Endpoint, await s3.NewBucketAsync());
        app.Fill("large.bin", Size);
        await app.BackUpAsync();
        var elsewhere = app.Other("elsewhere");
        await using var disk = await SmallDisk.OverAsync(elsewhere, 64);
        var room = app.Room(elsewhere);
        var full = await Assert.ThrowsAsync<AppException>(() => room.FetchAsync(FolderApp.Id, FillAtNineTenths(disk), Token));
        Assert.Equal(ErrorIds.DiskTooFull, full.ErrorId);
        Assert.Equal(["s3"], (await room.GetAsync(FolderApp.Id, Token)).Stores);
        disk.Free();

        await room.FetchAsync(FolderApp.Id, static (_, _, _) => { }, Token);
        Assert.Equal(["local", "s3"], (await room.GetAsync(FolderApp.Id, Token)).Stores);
    }

    private static Action<string, long, long?> FillAtNineTenths(SmallDisk disk)
    {
        var filled = false;
        return (_, done, _) =>
        {
            if (filled || done < Size / 10 * 9)
                return;
            filled = true;
            disk.Fill();
        };
    }
}
