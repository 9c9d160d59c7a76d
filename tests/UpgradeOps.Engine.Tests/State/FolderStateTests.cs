using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.State.Folder;
using UpgradeOps.StateContract;

namespace UpgradeOps.Engine.Tests.State;

public sealed class FolderStateTests : AppStateContract, IDisposable
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"upgradeops-state-{Guid.NewGuid():N}");

    private string LeasePath => Path.Combine(_folder, "lease.json");

    private protected override StateDefinition Place => new() { Folder = _folder };

    private string RefusedPath => Path.Combine(_folder, "refused.jsonl");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_torn_refusal_is_dropped_and_a_damaged_one_hides_no_other()
    {
        var path = RefusedPath;
        HistoryEntry Entry(string id) => new()
        {
            Name = "demo", OperationId = id, Kind = OperationKind.Update, Status = UpdateStatus.Refused, StartedAt = DateTimeOffset.UnixEpoch, By = "a@b", ErrorId = ErrorIds.LockHeld,
        };
        foreach (var second in Enumerable.Range(1, 3))
            await RefusedAttempts.NoteAsync(Open(), Entry($"2026010{second}T000000000Z-aaaa"), None);
        Assert.Equal(Secret, File.GetUnixFileMode(path));

        var lines = await File.ReadAllLinesAsync(path);
        lines[1] = lines[1].Replace("a@b", "x@y", StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, string.Join('\n', lines) + "\n" + lines[0][..20]);
        var read = await RefusedAttempts.ReadAsync(Open(), None);
        Assert.Equal(["20260101T000000000Z-aaaa", "20260101T000000000Z-aaaa-damaged", "20260103T000000000Z-aaaa"], read.Select(r => r.OperationId));
        Assert.Equal([ErrorIds.LockHeld, ErrorIds.StateDamaged, ErrorIds.LockHeld], read.Select(r => r.ErrorId));

        await RefusedAttempts.NoteAsync(Open(), Entry("20260104T000000000Z-aaaa"), None);
        Assert.Equal(4, (await RefusedAttempts.ReadAsync(Open(), None)).Count);
    }

    [Fact]
    public async Task A_dead_owner_is_replaced_at_once()
    {
        Leave(OwnerIdentity.Current with { ProcessId = int.MaxValue - 1, ProcessStart = "1" }, DateTimeOffset.MaxValue);
        await using var lease = await Open().TakeLeaseAsync("after it", None);
        Assert.Equal(8, lease.Fence);
    }

    [Fact]
    public async Task An_owner_on_another_machine_counts_until_its_heartbeat_stands_still()
    {
        var elsewhere = OwnerIdentity.Current with { Realm = "another kernel" };
        Leave(elsewhere, TimeProvider.System.GetUtcNow() + FolderLease.Lifetime);
        await RefusedAsync(ErrorIds.LockHeld, () => Open().TakeLeaseAsync("x", None));
        Assert.Null((await Open().ReadLeaseAsync(None))!.OwnerAlive);

        // Two clocks that differ by a year, either way: what counts is whether it beats.
        foreach (var expires in (DateTimeOffset[])[DateTimeOffset.UnixEpoch, TimeProvider.System.GetUtcNow().AddYears(1)])
        {
            Leave(elsewhere, expires);
            var waiting = Open(new JumpingTime { Hurry = 20 }).TakeLeaseAsync("x", None);
            Leave(elsewhere, expires.AddSeconds(15));
            await RefusedAsync(ErrorIds.LockHeld, () => waiting);

            Leave(elsewhere, expires);
            await using var lease = await Open(new JumpingTime { Hurry = 100 }).TakeLeaseAsync("x", None);
            Assert.Equal(8, lease.Fence);
        }
    }

    [Fact]
    public async Task An_owner_in_another_container_of_this_kernel_lives_as_long_as_its_file_is_locked()
    {
        var kernel = OwnerIdentity.Current.Realm.Split('/')[0];
        Leave(OwnerIdentity.Current with { Realm = $"{kernel}/another name space" }, TimeProvider.System.GetUtcNow() + FolderLease.Lifetime);
        using (FolderGuard.Lock(Path.Combine(_folder, "owner-7.lock")))
        {
            Assert.True((await Open().ReadLeaseAsync(None))!.OwnerAlive);
            await RefusedAsync(ErrorIds.LockHeld, () => Open(new JumpingTime { Offset = TimeSpan.FromDays(9) }).TakeLeaseAsync("x", None));
        }

        Assert.False((await Open().ReadLeaseAsync(None))!.OwnerAlive);
        await using var lease = await Open().TakeLeaseAsync("x", None);
        Assert.Equal([Path.Combine(_folder, "owner-8.lock")], Directory.GetFiles(_folder, "owner-*"));
    }

    [Fact]
    public async Task A_lease_that_could_not_be_written_does_not_stand_in_the_way_of_the_next()
    {
        var state = Open();
        Directory.CreateDirectory(Path.Combine(_folder, "lease.json", "in the way"));
        Assert.Equal(ErrorIds.StateNotWritable, (await Assert.ThrowsAsync<AppException>(() => state.TakeLeaseAsync("first", None))).ErrorId);
        Directory.Delete(Path.Combine(_folder, "lease.json"), recursive: true);
        await using var lease = await state.TakeLeaseAsync("second", None);
    }

    [Fact]
    public async Task A_lease_that_could_not_be_given_up_in_writing_does_not_stand_until_the_process_ends()
    {
        var lease = await Open().TakeLeaseAsync("work", None);
        var moved = _folder + "-moved";
        Directory.Move(_folder, moved);
        await File.WriteAllTextAsync(_folder, "nothing can be written here");
        await lease.DisposeAsync();
        File.Delete(_folder);
        Directory.Move(moved, _folder);

        await using var next = await Open().TakeLeaseAsync("next", None);
        Assert.Equal(lease.Fence + 1, next.Fence);
    }

    [Fact]
    public async Task The_file_of_an_owner_that_was_killed_right_before_or_right_after_its_lease_is_cleared_away_without_a_lease()
    {
        await (await Open().TakeLeaseAsync("first", None)).DisposeAsync();
        foreach (var before in (bool[])[false, true])
        {
            if (before)
                File.Delete(LeasePath);
            await File.WriteAllTextAsync(Path.Combine(_folder, "owner-1.lock"), "");
            using (FolderGuard.Lock(Path.Combine(_folder, "owner-2.lock")))
            {
                await Open().BreakLeaseAsync(force: false, None);
                Assert.Equal([Path.Combine(_folder, "owner-2.lock")], Directory.GetFiles(_folder, "owner-*"));
            }
        }

        Assert.Null(await Open().ReadLeaseAsync(None));
        Directory.Delete(_folder, recursive: true);
        await Open().BreakLeaseAsync(force: true, None);
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public async Task What_scripts_look_for_in_a_lease_stands_first()
    {
        await using (var lease = await Open().TakeLeaseAsync("\"fence\":9", None))
        {
            Assert.StartsWith("{\"format\":1,\"fence\":1,\"owner\":{", await File.ReadAllTextAsync(LeasePath), StringComparison.Ordinal);
        }

        Assert.StartsWith("{\"format\":1,\"fence\":1,\"purpose\"", await File.ReadAllTextAsync(LeasePath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_tail_is_cut_before_the_next_line()
    {
        var state = Open();
        await using var lease = await state.TakeLeaseAsync("work", None);
        await state.AppendJournalAsync(lease, "op", Line(1), None);
        var path = Path.Combine(_folder, "operations", "op", "journal.jsonl");
        await File.AppendAllTextAsync(path, "{\"seq\":2,\"half");

        await Open().AppendJournalAsync(lease, "op", Line(2), None);
        Assert.Equal([Line(1), Line(2)], await state.ReadJournalAsync("op", None));
    }

    [Fact]
    public async Task Everything_is_private_under_the_loosest_umask()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var other = StateProcess.Start(Name, Place, null, "sh", "-c", "umask 000; exec \"$@\"", "sh");
        await other.DoAsync("take");
        await other.DoAsync($"append op {Line(1)}");
        await other.DoAsync("keep op .env");
        await other.DoAsync("remember beta");

        var files = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories);
        Assert.Equal(
            ["guard.lock", "journal.jsonl", "kept/.env", "lease.json", "memory.json", "owner-1.lock", "reserve"],
            files.Select(f => f.EndsWith(".env", StringComparison.Ordinal) ? "kept/.env" : Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.Equal(Secret, File.GetUnixFileMode(f)));
        Assert.All(
            Directory.GetDirectories(_folder, "*", SearchOption.AllDirectories).Append(_folder),
            d => Assert.Equal(Secret | UnixFileMode.UserExecute, File.GetUnixFileMode(d)));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told()
    {
        await File.WriteAllTextAsync(_folder, "a file stands where the folder should");
        try
        {
            var error = await Assert.ThrowsAsync<AppException>(() => Open().CheckWritableAsync(None));
            Assert.Equal(ErrorIds.StateNotWritable, error.ErrorId);
            Assert.Contains(_folder, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(_folder);
        }
    }

    private protected override Task SeedRefusalsAsync(IEnumerable<string> lines) => File.AppendAllLinesAsync(RefusedPath, lines);

    private protected override async Task<int> CountRefusalsAsync() => (await File.ReadAllLinesAsync(RefusedPath)).Length;

    private protected override Task AssertUntouchedAsync()
    {
        Assert.False(Path.Exists(_folder));
        return Task.CompletedTask;
    }

    /// <summary>Its clock is that of the machine; the tests move their own.</summary>
    private protected override Task PassExpiryAsync()
    {
        var held = LeaseFile.Read(LeasePath);
        (held with { ExpiresAt = DateTimeOffset.UnixEpoch }).Write(LeasePath);
        return Task.CompletedTask;
    }

    private void Leave(OwnerIdentity owner, DateTimeOffset expires)
    {
        Directory.CreateDirectory(_folder);
        new LeaseFile { Fence = 7, Owner = owner, ExpiresAt = expires }.Write(LeasePath);
    }
}
