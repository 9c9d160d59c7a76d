using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.PostgreSql;

namespace UpgradeOps.Integration.Databases;

public sealed class PostgresSwapTests(PostgresFixture server) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_swap_and_its_way_back_exchange_the_names()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.OddName();
        var database = server.Open(live, server.InContainer());
        var (loaded, aside) = (live + "l", live + "a");
        await CreateAsync(live, "old");
        await CreateAsync(loaded, "new");

        await database.SwapAsync(loaded, aside, Token);
        await database.SwapAsync(loaded, aside, Token); // once more changes nothing
        await AssertAsync(database, (live, "new"), (aside, "old"), (loaded, null));

        await database.SwapBackAsync(loaded, aside, Token);
        await database.SwapBackAsync(loaded, aside, Token);
        await AssertAsync(database, (live, "old"), (loaded, "new"), (aside, null));
    }

    [Fact]
    public async Task A_swap_that_is_killed_anywhere_goes_on_or_back()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        var database = server.Open(live);
        var (loaded, aside) = (live + "_l", live + "_a");
        await CreateAsync(live, "old");
        await CreateAsync(loaded, "new");
        for (var statements = 0; ; statements++)
        {
            var tools = new CrashingTools(server.OnHost(), statements);
            try
            {
                await server.Open(live, tools).SwapAsync(loaded, aside, Token);
            }
            catch (CrashException)
            {
            }

            // Whatever happened, the application can still connect to its database.
            Assert.NotEmpty(await database.QueryAsync("SELECT 1", Token));
            await database.SwapBackAsync(loaded, aside, Token);
            await AssertAsync(database, (live, "old"), (loaded, "new"), (aside, null));
            if (!tools.Crashed)
                break;
            Assert.True(statements < 20);
        }
    }

    [Fact]
    public async Task Rows_that_clients_write_meanwhile_are_in_one_database_or_the_other()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        var database = server.Open(live);
        var (loaded, aside) = (live + "_l", live + "_a");
        await CreateAsync(live, "old");
        await CreateAsync(loaded, "new");
        using var stop = new CancellationTokenSource();
        // Two that connect for every row, and one that stays connected.
        var clients = Enumerable.Range(0, 2).Select(_ => InsertAsync(live, stop.Token)).ToList();
        var lingering = server.SqlAsync("INSERT INTO audit (what) VALUES ('x'); SELECT pg_sleep(60);", live);
        await Task.Delay(500, Token);

        await database.SwapAsync(loaded, aside, Token);

        await Task.Delay(300, Token);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => lingering);
        var written = (await Task.WhenAll(clients)).Sum();
        Assert.True(written > 5, $"only {written} rows were written");
        var audit = (await database.CountRowsAsync(live, Token))["public.audit"] + (await database.CountRowsAsync(aside, Token))["public.audit"];
        Assert.Equal(written + 1, audit - 4);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_left_alone()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        var database = server.Open(live);
        foreach (var suffix in new[] { "", "_l", "_a" })
            await CreateAsync(live + suffix, suffix);

        Assert.Equal(ErrorIds.DatabaseNameTaken, (await Assert.ThrowsAsync<AppException>(() => database.SwapAsync($"{live}_l", $"{live}_a", Token))).ErrorId);
        Assert.Equal(ErrorIds.DatabaseMissing, (await Assert.ThrowsAsync<AppException>(() => database.SwapAsync($"{live}_x", $"{live}_y", Token))).ErrorId);
        Assert.Equal(ErrorIds.DatabaseNameTaken, (await Assert.ThrowsAsync<AppException>(() => database.DropAsync(live, Token))).ErrorId);
        Assert.Equal(ErrorIds.DatabaseNameTaken, (await Assert.ThrowsAsync<AppException>(() => database.DropAsync("postgres", Token))).ErrorId);
        await AssertAsync(database, (live, ""), ($"{live}_l", "_l"), ($"{live}_a", "_a"));
    }

    private async Task<int> InsertAsync(string live, CancellationToken stop)
    {
        var written = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await server.SqlAsync("INSERT INTO audit (what) VALUES ('x');", live);
                written++;
            }
            catch (InvalidOperationException)
            {
                // Thrown out: the row was not written.
            }
        }

        return written;
    }

    private static async Task AssertAsync(IDatabase database, params (string Name, string? Marker)[] expected)
    {
        foreach (var (name, marker) in expected)
        {
            Assert.Equal(marker is not null, await database.ExistsAsync(name, Token));
            if (marker is not null)
                Assert.Equal(marker, (await database.QueryAsync("SELECT what FROM marker", Token, name))[0][0]);
        }
    }

    private async Task CreateAsync(string name, string marker)
    {
        await server.SqlAsync($"CREATE DATABASE {PostgresDialect.Instance.Name(name)};");
        await server.SqlAsync(Samples.Postgres(marker), name);
    }
}
