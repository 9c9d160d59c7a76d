using UpgradeOps.Engine.State;
using UpgradeOps.Engine.State.Folder;

namespace UpgradeOps.Engine.Tests.State;

public sealed class FolderStateTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"upgradeops-state-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task Of_two_hundred_takers_one_wins()
    {
        var wins = 0;
        var losses = 0;
        var leases = new System.Collections.Concurrent.ConcurrentBag<ILease>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, token) =>
        {
            try
            {
                leases.Add(await Open().TakeLeaseAsync("race", token));
                Interlocked.Increment(ref wins);
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.LockHeld)
            {
                Interlocked.Increment(ref losses);
            }
        });
        Assert.Equal((1, 199), (wins, losses));
        foreach (var lease in leases)
        {
            await lease.DisposeAsync();
        }
    }

    [Fact]
    public async Task Each_taking_has_a_higher_number_and_an_owner_with_an_old_one_writes_nothing()
    {
        var state = Open();
        var first = await state.TakeLeaseAsync("first", CancellationToken.None);
        await state.BreakLeaseAsync(force: true, CancellationToken.None);
        await using var second = await Open().TakeLeaseAsync("second", CancellationToken.None);
        Assert.True(second.Fence > first.Fence);

        var error = await Assert.ThrowsAsync<AppException>(() => state.AppendJournalAsync(first, "op", JournalLine.Seal("{\"a\":1}"), CancellationToken.None));
        Assert.Equal(ErrorIds.LockLost, error.ErrorId);
        Assert.Empty(await state.ListOperationsAsync(CancellationToken.None));
        await Assert.ThrowsAsync<AppException>(() => state.ChangeAsync(first, m => m with { Channel = "x" }, CancellationToken.None));
        await first.DisposeAsync();
        Assert.NotNull(await state.ReadLeaseAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_living_owner_is_not_replaced_unless_forced()
    {
        var state = Open();
        await using var lease = await state.TakeLeaseAsync("work", CancellationToken.None);
        Assert.Equal(ErrorIds.LockHeld, (await Assert.ThrowsAsync<AppException>(() => state.BreakLeaseAsync(force: false, CancellationToken.None))).ErrorId);
        var info = await state.ReadLeaseAsync(CancellationToken.None);
        Assert.True(info!.OwnerAlive);
        Assert.Equal("work", info.Purpose);
    }

    [Fact]
    public async Task A_dead_owner_is_replaced_at_once()
    {
        Directory.CreateDirectory(_folder);
        var dead = OwnerIdentity.Current with { ProcessId = int.MaxValue - 1, ProcessStart = "1" };
        new LeaseFile { Fence = 7, Owner = dead, ExpiresAt = DateTimeOffset.MaxValue }.Write(Path.Combine(_folder, "lease.json"));
        await using var lease = await Open().TakeLeaseAsync("after it", CancellationToken.None);
        Assert.Equal(8, lease.Fence);
    }

    [Fact]
    public async Task An_owner_in_another_realm_counts_until_its_heartbeat_expires()
    {
        Directory.CreateDirectory(_folder);
        var elsewhere = OwnerIdentity.Current with { Realm = "another kernel" };
        var file = new LeaseFile { Fence = 7, Owner = elsewhere, ExpiresAt = DateTimeOffset.MaxValue };
        file.Write(Path.Combine(_folder, "lease.json"));
        Assert.Equal(ErrorIds.LockHeld, (await Assert.ThrowsAsync<AppException>(() => Open().TakeLeaseAsync("x", CancellationToken.None))).ErrorId);

        (file with { ExpiresAt = DateTimeOffset.UnixEpoch }).Write(Path.Combine(_folder, "lease.json"));
        await using var lease = await Open().TakeLeaseAsync("x", CancellationToken.None);
        Assert.Equal(8, lease.Fence);
    }

    [Fact]
    public async Task A_torn_tail_is_cut_before_the_next_line()
    {
        var state = Open();
        await using var lease = await state.TakeLeaseAsync("work", CancellationToken.None);
        var line = JournalLine.Seal("{\"seq\":1}");
        await state.AppendJournalAsync(lease, "op", line, CancellationToken.None);
        var path = Path.Combine(_folder, "operations", "op", "journal.jsonl");
        await File.AppendAllTextAsync(path, "{\"seq\":2,\"half");

        var next = JournalLine.Seal("{\"seq\":2}");
        await Open().AppendJournalAsync(lease, "op", next, CancellationToken.None);
        Assert.Equal([line, next], await state.ReadJournalAsync("op", CancellationToken.None));
    }

    [Fact]
    public async Task What_is_kept_first_stays_and_is_private()
    {
        var state = Open();
        await using var lease = await state.TakeLeaseAsync("work", CancellationToken.None);
        var path = await state.KeepFileAsync("op", ".env", "first"u8.ToArray(), CancellationToken.None);
        await state.KeepFileAsync("op", ".env", "second"u8.ToArray(), CancellationToken.None);
        Assert.Equal("first"u8.ToArray(), await state.ReadFileAsync("op", ".env", CancellationToken.None));
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told()
    {
        await File.WriteAllTextAsync(_folder, "a file stands where the folder should");
        try
        {
            var error = await Assert.ThrowsAsync<AppException>(() => Open().CheckWritableAsync(CancellationToken.None));
            Assert.Equal(ErrorIds.StateNotWritable, error.ErrorId);
            Assert.Contains(_folder, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(_folder);
        }
    }

    [Fact]
    public async Task Asking_whether_it_can_be_written_writes_nothing()
    {
        await Open().CheckWritableAsync(CancellationToken.None);
        Assert.False(Path.Exists(_folder));
    }

    private FolderState Open() => new("demo", _folder, TimeProvider.System);
}
