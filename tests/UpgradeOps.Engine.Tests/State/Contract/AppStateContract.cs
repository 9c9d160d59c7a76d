using System.Collections.Concurrent;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;

namespace UpgradeOps.StateContract;

/// <summary>
/// What every store of state promises. A store passes by saying where it stands; the same tests then also run against it from
/// other processes.
/// </summary>
public abstract partial class AppStateContract
{
    private protected const string Name = "demo";

    private protected static readonly CancellationToken None = CancellationToken.None;

    private protected abstract StateDefinition Place { get; }

    /// <summary>As another runner would: nothing is shared with an earlier one but the store.</summary>
    private protected virtual IAppState Open(TimeProvider? time = null) =>
        new EngineSession(new EngineOptions { Time = time ?? TimeProvider.System }).OpenState(Name, Place);

    private protected virtual StateProcess StartProcess() => StateProcess.Start(Name, Place);

    private protected static string Line(int number) => JournalLine.Seal($$"""{"seq":{{number}}}""");

    private protected static async Task RefusedAsync(string errorId, Func<Task> work) =>
        Assert.Equal(errorId, (await Assert.ThrowsAsync<AppException>(work)).ErrorId);

    [Fact]
    public async Task Reading_what_was_never_written_gives_nothing_and_makes_nothing()
    {
        var state = Open();
        await state.CheckWritableAsync(None);
        Assert.Empty((await state.ReadAsync(None)).KnownBad);
        Assert.Null(await state.ReadLeaseAsync(None));
        Assert.Empty(await state.ListOperationsAsync(None));
        Assert.Empty(await state.ReadJournalAsync("op", None));
        Assert.Null(await state.ReadFileAsync("op", "file", None));
        Assert.Empty(await state.ReadRefusalsAsync(None));
        await state.BreakLeaseAsync(force: false, None);
        await AssertUntouchedAsync();
    }

    [Fact]
    public async Task What_is_remembered_is_there_for_the_next()
    {
        await using (var lease = await Open().TakeLeaseAsync("first", None))
        {
            await Open().ChangeAsync(lease, m => m with { Channel = "beta" }, None);
            var bad = new KnownBadVersion("2.0", "sha256:1", "Id", "it \"broke\" ✗\n", DateTimeOffset.UnixEpoch, "op");
            await Open().ChangeAsync(lease, m => m with { KnownBad = [bad] }, None);
        }

        var memory = await Open().ReadAsync(None);
        Assert.Equal(("beta", "it \"broke\" ✗\n"), (memory.Channel, Assert.Single(memory.KnownBad).Reason));
    }

    [Fact]
    public async Task Journals_are_lines_in_order_and_listed_oldest_first()
    {
        await using var lease = await Open().TakeLeaseAsync("work", None);
        var state = Open();
        foreach (var (operation, line) in (IEnumerable<(string, int)>)[("20260102T000000000Z-bbbb", 1), ("20260101T000000000Z-ffff", 1), ("20260102T000000000Z-bbbb", 2)])
        {
            await state.AppendJournalAsync(lease, operation, Line(line), None);
        }

        await Open().AppendJournalAsync(lease, "20260102T000000000Z-bbbb", Line(3), None);
        Assert.Equal(["20260101T000000000Z-ffff", "20260102T000000000Z-bbbb"], await Open().ListOperationsAsync(None));
        Assert.Equal([Line(1), Line(2), Line(3)], await Open().ReadJournalAsync("20260102T000000000Z-bbbb", None));
    }

    [Fact]
    public async Task The_next_owner_goes_on_with_the_journal()
    {
        await using (var first = await Open().TakeLeaseAsync("first", None))
        {
            await Open().AppendJournalAsync(first, "op", Line(1), None);
        }

        await using var second = await Open().TakeLeaseAsync("second", None);
        await Open().AppendJournalAsync(second, "op", Line(2), None);
        Assert.Equal([Line(1), Line(2)], await Open().ReadJournalAsync("op", None));
    }

    [Fact]
    public async Task What_is_kept_first_stays()
    {
        var content = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray();
        var state = Open();
        await using var lease = await state.TakeLeaseAsync("work", None);
        Assert.Contains(".env", await state.KeepFileAsync(lease, "op", ".env", content, None), StringComparison.Ordinal);
        await state.KeepFileAsync(lease, "op", ".env", "second"u8.ToArray(), None);
        await state.KeepFileAsync(lease, "op", "empty", Array.Empty<byte>(), None);
        Assert.Equal(content, await Open().ReadFileAsync("op", ".env", None));
        Assert.Empty((await Open().ReadFileAsync("op", "empty", None))!);
        Assert.Empty(await Open().ListOperationsAsync(None));
    }

    [Theory]
    [InlineData("../other")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a/b")]
    public async Task Names_that_lead_elsewhere_are_refused(string name)
    {
        var state = Open();
        await using var lease = await state.TakeLeaseAsync("work", None);
        await RefusedAsync(ErrorIds.StateDamaged, () => state.KeepFileAsync(lease, "op", name, "x"u8.ToArray(), None));
        await RefusedAsync(ErrorIds.StateDamaged, () => state.AppendJournalAsync(lease, name, Line(1), None));
    }

    [Fact]
    public async Task Refusals_are_noted_beside_a_held_lease_and_belong_to_no_operation()
    {
        await using var lease = await Open().TakeLeaseAsync("work", None);
        await Open().AppendJournalAsync(lease, "op", Line(1), None);
        await Open().NoteRefusalAsync(Line(100), None);
        await Parallel.ForEachAsync(Enumerable.Range(101, 20), async (i, token) => await Open().NoteRefusalAsync(Line(i), token));

        var noted = await Open().ReadRefusalsAsync(None);
        Assert.Equal(Line(100), noted[0]);
        Assert.Equal(Enumerable.Range(100, 21).Select(Line), noted.Order(StringComparer.Ordinal));
        await Open().AppendJournalAsync(lease, "op", Line(2), None);
        Assert.Equal(["op"], await Open().ListOperationsAsync(None));
        Assert.Equal([Line(1), Line(2)], await Open().ReadJournalAsync("op", None));
        Assert.Equal(lease.Fence, (await Open().ReadLeaseAsync(None))!.Fence);
    }

    [Fact]
    public async Task A_refusal_is_noted_where_nothing_was_ever_written()
    {
        await Open().NoteRefusalAsync(Line(1), None);
        Assert.Equal([Line(1)], await Open().ReadRefusalsAsync(None));
        Assert.Null(await Open().ReadLeaseAsync(None));
        await using var lease = await Open().TakeLeaseAsync("first", None);
    }

    [Fact]
    public async Task Of_too_many_refusals_the_newest_are_kept()
    {
        await Open().NoteRefusalAsync(Line(0), None);
        await SeedRefusalsAsync(Enumerable.Range(1, RefusedAttempts.Kept + 150).Select(Line));
        await Open().NoteRefusalAsync(Line(5000), None);
        Assert.Equal([.. Enumerable.Range(152, RefusedAttempts.Kept - 1).Select(Line), Line(5000)], await Open().ReadRefusalsAsync(None));
        Assert.Equal(RefusedAttempts.Kept, await CountRefusalsAsync());
    }

    [Fact]
    public async Task Of_two_hundred_takers_one_wins()
    {
        var losses = 0;
        var leases = new ConcurrentBag<ILease>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, token) =>
        {
            try
            {
                leases.Add(await Open().TakeLeaseAsync("race", token));
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.LockHeld)
            {
                Interlocked.Increment(ref losses);
            }
        });
        Assert.Equal((1, 199), (leases.Count, losses));
        foreach (var lease in leases)
        {
            await lease.DisposeAsync();
        }

        Assert.Null(await Open().ReadLeaseAsync(None));
    }

    /// <summary>Puts many behind the one that is there, as whoever noted them one by one would have.</summary>
    private protected abstract Task SeedRefusalsAsync(IEnumerable<string> lines);

    /// <summary>How many the store itself still holds.</summary>
    private protected abstract Task<int> CountRefusalsAsync();

    /// <summary>Nothing that a reader did has left a trace.</summary>
    private protected abstract Task AssertUntouchedAsync();
}
