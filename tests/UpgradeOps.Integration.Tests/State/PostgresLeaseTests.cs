using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;
using UpgradeOps.StateContract;

namespace UpgradeOps.Integration.State;

/// <summary>Owners on other machines, of whom only the server knows: their rows say a realm that is not this one.</summary>
public sealed class PostgresLeaseTests : IClassFixture<StateServer>
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _schema = StateServer.NewSchema();
    private readonly PostgresServer _server;

    public PostgresLeaseTests(StateServer fixture)
    {
        Needs.Parts(Part.Postgres);
        _server = fixture.Server;
    }

    [Fact]
    public async Task A_killed_owner_elsewhere_is_replaced_when_its_heartbeat_stands_still()
    {
        await using var other = await OwnerElsewhereAsync();
        Assert.True((await Open().ReadLeaseAsync(None))!.OwnerAlive);
        await RefusedAsync(() => Open(hurry: 50).TakeLeaseAsync("x", None));

        await other.KillAsync();
        await Until.TrueAsync(async () => (await Open().ReadLeaseAsync(None))!.OwnerAlive is null, TimeSpan.FromMinutes(1), "the server sees that it is gone");
        await using var lease = await Open(hurry: 10).TakeLeaseAsync("after it", None);
        Assert.Equal(2, lease.Fence);
    }

    [Fact]
    public async Task A_paused_owner_elsewhere_keeps_it_until_it_expires_and_then_writes_nothing_more()
    {
        await using var other = await OwnerElsewhereAsync();
        other.Pause();
        await RefusedAsync(() => Open(hurry: 50).TakeLeaseAsync("x", None));

        await ExpireAsync();
        await using var lease = await Open(hurry: 10).TakeLeaseAsync("after it", None);
        await other.SendAsync($"append op {Line(666)}");
        other.Continue();
        Assert.StartsWith(ErrorIds.LockLost, await other.AnswerAsync(), StringComparison.Ordinal);
        await Open().AppendJournalAsync(lease, "op", Line(2), None);
        Assert.Equal([Line(1), Line(2)], await Open().ReadJournalAsync("op", None));
    }

    [Fact]
    public async Task A_servers_clock_that_jumps_gives_no_second_owner()
    {
        await using var owner = await OwnerElsewhereHereAsync();
        foreach (var jump in (string[])["- interval '400 days'", "+ interval '400 days'"])
        {
            // What a jump does to a lease that was renewed a moment before.
            await _server.SqlAsync($"UPDATE {_schema}.app SET expires_at = clock_timestamp() {jump}");
            await RefusedAsync(() => Open(hurry: 10).TakeLeaseAsync("x", None));
            await RefusedAsync(() => Open(hurry: 10).BreakLeaseAsync(force: false, None));
        }

        await Open().AppendJournalAsync(owner, "op", Line(1), None);
    }

    [Fact]
    public async Task An_owner_whose_connection_is_cut_comes_back_before_another_takes_it()
    {
        await using var owner = await OwnerElsewhereHereAsync();
        for (var i = 1; i <= 3; i++)
        {
            await _server.SqlAsync("SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                + $"WHERE l.locktype = 'advisory' AND (l.classid::bigint << 32) | l.objid::bigint = (SELECT session FROM {_schema}.app)");
            await RefusedAsync(() => Open(hurry: 10).TakeLeaseAsync("x", None));
            await Open().AppendJournalAsync(owner, "op", Line(i), None);
        }

        Assert.Equal([Line(1), Line(2), Line(3)], await Open().ReadJournalAsync("op", None));
        await Until.TrueAsync(async () => (await Open().ReadLeaseAsync(None))!.OwnerAlive == true, TimeSpan.FromMinutes(1), "its connection stands again");
    }

    /// <summary>An owner in a process that this one does not know.</summary>
    private async Task<StateProcess> OwnerElsewhereAsync()
    {
        var process = StateProcess.Start("demo", StateServer.Place(_server, _schema));
        await process.DoAsync("take");
        await process.DoAsync($"append op {Line(1)}");
        await MoveAwayAsync();
        return process;
    }

    /// <summary>An owner in this process, which beats every quarter of a second, and of which its row says that it is elsewhere.</summary>
    private async Task<ILease> OwnerElsewhereHereAsync()
    {
        var lease = await Open(hurry: 20).TakeLeaseAsync("work", None);
        await MoveAwayAsync();
        return lease;
    }

    private Task MoveAwayAsync() =>
        _server.SqlAsync($"UPDATE {_schema}.app SET owner = (owner::jsonb || '{{\"realm\": \"another kernel/1\"}}')::text");

    private Task ExpireAsync() => _server.SqlAsync($"UPDATE {_schema}.app SET expires_at = clock_timestamp() - interval '1 second'");

    private IAppState Open(int hurry = 1) =>
        new EngineSession(new EngineOptions { Time = new JumpingTime { Hurry = hurry } }).OpenState("demo", StateServer.Place(_server, _schema));

    private static string Line(int number) => JournalLine.Seal($$"""{"seq":{{number}}}""");

    private static async Task RefusedAsync(Func<Task> work) =>
        Assert.Equal(ErrorIds.LockHeld, (await Assert.ThrowsAsync<AppException>(work)).ErrorId);
}
