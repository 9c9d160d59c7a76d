using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;
using UpgradeOps.StateContract;

namespace UpgradeOps.Integration.State;

/// <summary>Connections and servers that are lost in the middle: what was written is there once, and what was not is told.</summary>
public sealed class PostgresCutTests : IClassFixture<StateServer>
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _schema = StateServer.NewSchema();
    private readonly PostgresServer? _server;

    public PostgresCutTests(StateServer fixture)
    {
        Needs.Parts(Part.Postgres);
        _server = fixture.Server;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cut_at_any_message_every_write_happens_exactly_once(bool delivered)
    {
        await using var proxy = new CuttingProxy(_server!.Port);
        var state = Through(proxy);
        await using var lease = await state.TakeLeaseAsync("work", None);
        var count = 0;
        var message = 1;
        for (var cut = true; cut; message++)
        {
            Assert.True(message < 20, "A write takes that many messages?");
            proxy.Cut(message, delivered);
            count++;
            await state.AppendJournalAsync(lease, "op", Line(count), None);
            await state.ChangeAsync(lease, m => m with { Channel = $"c{count}", KnownBad = [.. m.KnownBad, new KnownBadVersion($"{count}", null, "Id", "why", default, "op")] }, None);
            await state.KeepFileAsync(lease, "op", $"file{count}", new byte[] { (byte)count }, None);
            cut = proxy.HasCut;
            proxy.Pass();
            Assert.Equal((byte)count, Assert.Single((await state.ReadFileAsync("op", $"file{count}", None))!));
        }

        // The last round passed without a cut: every message of the three writes was one.
        Assert.True(message > 4);
        Assert.Equal(Enumerable.Range(1, count).Select(Line), await state.ReadJournalAsync("op", None));
        Assert.Equal(Enumerable.Range(1, count).Select(i => $"{i}"), (await state.ReadAsync(None)).KnownBad.Select(b => b.Version));
    }

    [Fact]
    public async Task Cut_at_any_message_of_the_taking_there_is_one_owner_and_it_can_write()
    {
        await using var proxy = new CuttingProxy(_server!.Port);
        for (var message = 1; ; message++)
        {
            Assert.True(message < 40, "Taking takes that many messages?");
            proxy.Cut(message, deliver: true);
            ILease lease;
            try
            {
                lease = await Through(proxy, hurry: 10).TakeLeaseAsync("work", None);
            }
            catch (AppException e)
            {
                // Never connected: told at once. Nobody holds it then.
                Assert.Equal(ErrorIds.StateUnreachable, e.ErrorId);
                continue;
            }

            var cut = proxy.HasCut;
            proxy.Pass();
            await using (lease)
            {
                await Through(proxy).AppendJournalAsync(lease, $"op{message}", Line(1), None);
                Assert.Equal(lease.Fence, (await Through(proxy).ReadLeaseAsync(None))!.Fence);
            }

            if (!cut)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task A_line_is_on_disk_when_the_append_returns_also_where_the_server_would_not_wait()
    {
        await using var lease = await Direct(_server!).TakeLeaseAsync("work", None);
        await _server!.SqlAsync($"""
            CREATE TABLE {_schema}.seen (setting text);
            CREATE FUNCTION {_schema}.look() RETURNS trigger LANGUAGE plpgsql AS
                $f$ BEGIN INSERT INTO {_schema}.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $f$;
            CREATE TRIGGER look BEFORE INSERT ON {_schema}.journal FOR EACH ROW EXECUTE FUNCTION {_schema}.look();
            """);
        Assert.Equal("off", await _server.SqlAsync("SHOW synchronous_commit"));
        await Direct(_server).AppendJournalAsync(lease, "op", Line(1), None);
        Assert.Equal("on", await _server.SqlAsync($"SELECT setting FROM {_schema}.seen"));
    }

    [Fact]
    public async Task A_server_that_comes_back_in_time_is_waited_for_and_one_that_does_not_is_told()
    {
        await using var own = await PostgresServer.StartAsync("ssl=off");
        var state = Direct(own);
        var lease = await state.TakeLeaseAsync("work", None);
        await state.AppendJournalAsync(lease, "op", Line(1), None);

        await own.StopAsync();
        var waiting = state.AppendJournalAsync(lease, "op", Line(2), None);
        await own.StartAgainAsync();
        await waiting;
        await lease.DisposeAsync();

        state = Direct(own, hurry: 10);
        lease = await state.TakeLeaseAsync("work", None);
        await own.StopAsync();
        var error = await Assert.ThrowsAsync<AppException>(() => Direct(own, hurry: 10).TakeLeaseAsync("x", None));
        Assert.Equal(ErrorIds.StateUnreachable, error.ErrorId);
        Assert.Contains($"127.0.0.1:{own.Port}", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorIds.StateUnreachable, (await Assert.ThrowsAsync<AppException>(() => state.AppendJournalAsync(lease, "op", Line(3), None))).ErrorId);
        Assert.Equal(ErrorIds.StateUnreachable, (await Assert.ThrowsAsync<AppException>(() => state.ReadLeaseAsync(None))).ErrorId);
        await lease.DisposeAsync();

        // The lease could not be given back, and yet it does not stand until this process ends.
        await own.StartAgainAsync();
        await using var next = await Direct(own).TakeLeaseAsync("next", None);
        Assert.Equal(3, next.Fence);
        Assert.Equal([Line(1), Line(2)], await state.ReadJournalAsync("op", None));
    }

    private IAppState Direct(PostgresServer server, int hurry = 1) => Open(server, server.Port, hurry);

    private IAppState Through(CuttingProxy proxy, int hurry = 1) => Open(_server!, proxy.Port, hurry);

    private IAppState Open(PostgresServer server, int port, int hurry)
    {
        var place = StateServer.Place(server, _schema);
        return new EngineSession(new EngineOptions { Time = new JumpingTime { Hurry = hurry } })
            .OpenState("demo", place with { PostgreSql = place.PostgreSql! with { Port = port } });
    }

    private static string Line(int number) => JournalLine.Seal($$"""{"seq":{{number}}}""");
}
