using UpgradeOps.Engine.State;

namespace UpgradeOps.StateContract;

public abstract partial class AppStateContract
{
    [Fact]
    public async Task Each_taking_has_a_higher_number_and_an_owner_with_an_old_one_writes_nothing()
    {
        var state = Open();
        var first = await state.TakeLeaseAsync("first", None);
        await state.AppendJournalAsync(first, "op", Line(1), None);
        await state.BreakLeaseAsync(force: true, None);
        await AssertRefusedAsync(state, first);

        await using var second = await Open().TakeLeaseAsync("second", None);
        Assert.True(second.Fence > first.Fence);
        await AssertRefusedAsync(state, first);

        // Giving up what is no longer one's own takes nothing from its owner.
        await first.DisposeAsync();
        Assert.Equal(second.Fence, (await state.ReadLeaseAsync(None))!.Fence);
        await Open().AppendJournalAsync(second, "op", Line(2), None);
        Assert.Equal([Line(1), Line(2)], await state.ReadJournalAsync("op", None));
    }

    [Fact]
    public async Task A_lease_that_was_given_up_writes_nothing()
    {
        var state = Open();
        var lease = await state.TakeLeaseAsync("work", None);
        await state.AppendJournalAsync(lease, "op", Line(1), None);
        await lease.DisposeAsync();
        await lease.DisposeAsync();
        await Assert.ThrowsAsync<AppException>(() => state.AppendJournalAsync(lease, "op", Line(2), None));
        Assert.Equal([Line(1)], await state.ReadJournalAsync("op", None));
    }

    [Fact]
    public async Task A_living_owner_is_not_replaced_unless_forced()
    {
        var state = Open();
        await using var lease = await state.TakeLeaseAsync("work", None);
        await RefusedAsync(ErrorIds.LockHeld, () => Open().TakeLeaseAsync("x", None));
        await RefusedAsync(ErrorIds.LockHeld, () => Open().BreakLeaseAsync(force: false, None));
        var info = (await Open().ReadLeaseAsync(None))!;
        Assert.Equal((Name, "work", Environment.ProcessId, lease.Fence, true), (info.Name, info.Purpose, info.ProcessId, info.Fence, info.OwnerAlive));
        Assert.Equal((Environment.MachineName, Environment.UserName), (info.Machine, info.User));
        Assert.InRange((info.ExpiresAt - info.TakenAt).TotalSeconds, 59, 61);

        await Open().BreakLeaseAsync(force: true, None);
        Assert.Null(await Open().ReadLeaseAsync(None));
        await using var next = await Open().TakeLeaseAsync("next", None);
        await AssertRefusedAsync(state, lease);
    }

    [Fact]
    public async Task A_heartbeat_moves_the_expiry()
    {
        await using var lease = await Open(new JumpingTime { Hurry = 100 }).TakeLeaseAsync("work", None);
        await EventuallyAsync(async () => (await Open().ReadLeaseAsync(None))!.ExpiresAt > lease.Info.ExpiresAt, "the expiry moves");
    }

    [Fact]
    public async Task A_clock_that_jumps_gives_no_second_owner()
    {
        var time = new JumpingTime { Hurry = 100 };
        var state = Open(time);
        await using var lease = await state.TakeLeaseAsync("work", None);
        foreach (var jump in (TimeSpan[])[TimeSpan.FromDays(400), -TimeSpan.FromDays(400), TimeSpan.FromSeconds(61)])
        {
            // The owner's clock jumps, the other's, and both.
            await RefusedAsync(ErrorIds.LockHeld, () => Open(new JumpingTime { Offset = jump, Hurry = 100 }).TakeLeaseAsync("x", None));
            time.Offset = jump;
            await RefusedAsync(ErrorIds.LockHeld, () => Open().TakeLeaseAsync("x", None));
            await RefusedAsync(ErrorIds.LockHeld, () => Open(time).BreakLeaseAsync(force: false, None));
            await state.AppendJournalAsync(lease, "op", Line(1), None);
        }
    }

    [Fact]
    public async Task An_owner_that_is_killed_is_replaced_at_once()
    {
        await using var other = StartProcess();
        var fence = long.Parse(await other.DoAsync("take"));
        await other.DoAsync($"append op {Line(1)}");
        await RefusedAsync(ErrorIds.LockHeld, () => Open().TakeLeaseAsync("x", None));
        Assert.Equal((other.Id, true), ((await Open().ReadLeaseAsync(None))!.ProcessId, (await Open().ReadLeaseAsync(None))!.OwnerAlive));

        await other.KillAsync();
        Assert.False((await Open().ReadLeaseAsync(None))!.OwnerAlive);
        await using var lease = await Open().TakeLeaseAsync("after it", None);
        Assert.Equal(fence + 1, lease.Fence);
        await Open().AppendJournalAsync(lease, "op", Line(2), None);
        Assert.Equal([Line(1), Line(2)], await Open().ReadJournalAsync("op", None));
    }

    [Fact]
    public async Task Of_takers_in_several_processes_one_wins()
    {
        await using var first = StartProcess();
        await using var second = StartProcess();
        await using var third = StartProcess();
        StateProcess[] all = [first, second, third];
        var wins = await Task.WhenAll(all.Select(p => p.DoAsync("race 50")));
        Assert.Equal(1, wins.Sum(int.Parse));
        await RefusedAsync(ErrorIds.LockHeld, () => Open().TakeLeaseAsync("x", None));
    }

    [Fact]
    public async Task A_paused_owner_of_this_machine_keeps_it_and_once_replaced_writes_nothing_more()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals.");
        await using var other = StartProcess();
        await other.DoAsync("take");
        await other.DoAsync($"append op {Line(1)}");
        other.Pause();

        // A year later by every clock that could count, it still is the owner: the kernel knows that its process lives.
        await PassExpiryAsync();
        var later = new JumpingTime { Offset = TimeSpan.FromDays(365), Hurry = 100 };
        Assert.True((await Open(later).ReadLeaseAsync(None))!.OwnerAlive);
        await RefusedAsync(ErrorIds.LockHeld, () => Open(later).TakeLeaseAsync("x", None));
        await RefusedAsync(ErrorIds.LockHeld, () => Open(later).BreakLeaseAsync(force: false, None));

        // What it was told to write while it was paused comes after the next owner's taking, and is refused.
        await other.SendAsync($"append op {Line(666)}");
        await Open().BreakLeaseAsync(force: true, None);
        await using var lease = await Open().TakeLeaseAsync("the next", None);
        other.Continue();
        Assert.StartsWith(ErrorIds.LockLost, await other.AnswerAsync(), StringComparison.Ordinal);
        Assert.StartsWith(ErrorIds.LockLost, await other.AskAsync("keep op late"), StringComparison.Ordinal);
        Assert.StartsWith(ErrorIds.LockLost, await other.AskAsync("remember nothing"), StringComparison.Ordinal);
        await other.DoAsync("release");
        await Open().AppendJournalAsync(lease, "op", Line(2), None);
        Assert.Equal([Line(1), Line(2)], await Open().ReadJournalAsync("op", None));
        Assert.Equal(lease.Fence, (await Open().ReadLeaseAsync(None))!.Fence);
    }

    [Fact]
    public async Task An_owner_that_is_killed_while_it_writes_leaves_whole_lines_or_one_torn_one_that_goes()
    {
        await using var other = StartProcess();
        await other.DoAsync("take");
        for (var i = 1; i <= 200; i++)
        {
            await other.SendAsync($"append op {Line(i)}");
        }

        await EventuallyAsync(async () => (await Open().ReadJournalAsync("op", None)).Count > 3, "lines are written");
        await other.KillAsync();

        await using var lease = await Open().TakeLeaseAsync("after it", None);
        var left = (await Open().ReadJournalAsync("op", None)).Where(l => JournalLine.Open(l) is not null).ToList();
        await Open().AppendJournalAsync(lease, "op", Line(1000), None);
        Assert.Equal([.. left, Line(1000)], await Open().ReadJournalAsync("op", None));
        Assert.Equal(Enumerable.Range(1, left.Count).Select(Line), left);
    }

    /// <summary>Makes the lease of another process expire, in the store's own time.</summary>
    private protected abstract Task PassExpiryAsync();

    private protected static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        for (var i = 0; i < 1200; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail($"Not within a minute: {what}.");
    }

    private static async Task AssertRefusedAsync(IAppState state, ILease lease)
    {
        var before = await state.ReadAsync(None);
        await RefusedAsync(ErrorIds.LockLost, () => state.AppendJournalAsync(lease, "op", Line(99), None));
        await RefusedAsync(ErrorIds.LockLost, () => state.AppendJournalAsync(lease, "new", Line(99), None));
        await RefusedAsync(ErrorIds.LockLost, () => state.KeepFileAsync(lease, "op", "late", "x"u8.ToArray(), None));
        await RefusedAsync(ErrorIds.LockLost, () => state.ChangeAsync(lease, m => m with { Channel = "late" }, None));
        Assert.Null(await state.ReadFileAsync("op", "late", None));
        Assert.DoesNotContain("new", await state.ListOperationsAsync(None));
        Assert.Equal(before.Channel, (await state.ReadAsync(None)).Channel);
    }
}
