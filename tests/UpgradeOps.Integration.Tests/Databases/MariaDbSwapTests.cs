using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.MariaDb;

namespace UpgradeOps.Integration.Databases;

public sealed class MariaDbSwapTests(MariaDbFixture server) : IClassFixture<MariaDbFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_swap_and_its_way_back_move_everything()
    {
        Needs.Parts(DatabaseFixture.Parts);
        // MariaDB itself mistakes the name of a database with other letters in its table of routine rights.
        var live = Samples.OddMariaDbName().TrimEnd('Ü');
        var database = server.Open(live, server.InContainer());
        var (loaded, aside) = (live + "l", live + "a");
        await CreateBothAsync(live, loaded);
        var (old, @new) = (await SnapshotAsync(database, live), await SnapshotAsync(database, loaded));
        Assert.NotEqual(old, @new);
        await server.SqlAsync($"GRANT EXECUTE ON PROCEDURE {Name(live)}.note TO app@'%'; GRANT SELECT ON {Name(live)}.* TO app@'%';");

        await database.SwapAsync(loaded, aside, Token);

        Assert.Equal(@new, await SnapshotAsync(database, live));
        Assert.Equal(old, await SnapshotAsync(database, aside));
        Assert.False(await database.ExistsAsync(loaded, Token));
        await AssertWorksAsync(database, live, "ENABLED");
        await AssertWorksAsync(database, aside, "SLAVESIDE_DISABLED");
        Assert.Equal("Execute", (await database.QueryAsync($"SELECT Proc_priv FROM mysql.procs_priv WHERE User = 'app' AND Db = DATABASE()", Token))[0][0]);

        await database.SwapAsync(loaded, aside, Token); // once more changes nothing
        (old, @new) = (await SnapshotAsync(database, aside), await SnapshotAsync(database, live));
        await database.SwapBackAsync(loaded, aside, Token);

        Assert.Equal(old, await SnapshotAsync(database, live));
        Assert.Equal(@new, await SnapshotAsync(database, loaded));
        Assert.False(await database.ExistsAsync(aside, Token));
        await AssertWorksAsync(database, live, "ENABLED");
    }

    [Fact]
    public async Task Databases_without_triggers_are_swapped_at_once()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        var database = server.Open(live);
        await server.SqlAsync($"CREATE DATABASE {live}; CREATE DATABASE {live}_l; CREATE TABLE {live}.p (id INT PRIMARY KEY); CREATE TABLE {live}.c (p INT, FOREIGN KEY (p) REFERENCES p (id)); CREATE TABLE {live}_l.c (p INT PRIMARY KEY, s INT, FOREIGN KEY (s) REFERENCES c (p)); INSERT INTO {live}_l.c VALUES (5, 5);".Replace("REFERENCES p", $"REFERENCES {live}.p"));

        await database.SwapAsync($"{live}_l", $"{live}_a", Token);

        Assert.Equal(["c"], (await database.CountRowsAsync(live, Token)).Keys);
        Assert.Equal(["c", "p"], (await database.CountRowsAsync($"{live}_a", Token)).Keys);
        await Assert.ThrowsAnyAsync<Exception>(() => server.SqlAsync($"INSERT INTO {live}.c VALUES (6, 7)"));
        await Assert.ThrowsAnyAsync<Exception>(() => server.SqlAsync($"INSERT INTO {live}_a.c VALUES (7)"));
        await server.SqlAsync($"INSERT INTO {live}.c VALUES (6, 5); INSERT INTO {live}_a.p VALUES (1); INSERT INTO {live}_a.c VALUES (1)");
    }

    /// <summary>A crash before every statement, each followed by going on, and by going back.</summary>
    [Fact]
    public async Task A_swap_that_is_killed_anywhere_goes_on_or_back()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.OddMariaDbName();
        var database = server.Open(live);
        var (beside, other) = (live + "1", live + "2");
        await CreateBothAsync(live, beside);
        var (inLive, inBeside) = (await SnapshotAsync(database, live), await SnapshotAsync(database, beside));

        for (var statements = 0; ; statements++)
        {
            if (!await CrashesAsync(live, statements, d => d.SwapAsync(beside, other, Token)))
                break;
            Assert.True(statements < 200);
            await database.SwapBackAsync(beside, other, Token);
            await AssertAsync(database, $"back from {statements}", (live, inLive), (beside, inBeside), (other, null));

            await CrashesAsync(live, statements, d => d.SwapAsync(beside, other, Token));
            await database.SwapAsync(beside, other, Token);
            await AssertAsync(database, $"on from {statements}", (live, inBeside), (other, inLive), (beside, null));
            (inLive, inBeside, beside, other) = (inBeside, inLive, other, beside);
        }

        await AssertAsync(database, "the last one, whole", (live, inBeside), (other, inLive), (beside, null));
        await AssertWorksAsync(database, live, "ENABLED");
        await AssertWorksAsync(database, other, "SLAVESIDE_DISABLED");
    }

    /// <summary>Pairs of crashes: in the swap, and in what goes on with it or takes it back.</summary>
    [Fact]
    public async Task A_second_kill_changes_nothing_about_that()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        var database = server.Open(live);
        var (beside, other) = (live + "1", live + "2");
        await CreateBothAsync(live, beside);
        var (inLive, inBeside) = (await SnapshotAsync(database, live), await SnapshotAsync(database, beside));
        var random = new Random(20260219);

        for (var round = 0; round < 12; round++)
        {
            var (first, second) = (random.Next(50), random.Next(40));
            await CrashesAsync(live, first, d => d.SwapAsync(beside, other, Token));
            if (random.Next(2) == 0)
            {
                await CrashesAsync(live, second, d => d.SwapBackAsync(beside, other, Token));
                await database.SwapBackAsync(beside, other, Token);
                await AssertAsync(database, $"back from {first}, {second}", (live, inLive), (beside, inBeside), (other, null));
                continue;
            }

            await CrashesAsync(live, second, d => d.SwapAsync(beside, other, Token));
            await database.SwapAsync(beside, other, Token);
            await AssertAsync(database, $"on from {first}, {second}", (live, inBeside), (other, inLive), (beside, null));
            (inLive, inBeside, beside, other) = (inBeside, inLive, other, beside);
        }
    }

    [Fact]
    public async Task Rows_that_clients_write_meanwhile_are_in_one_database_or_the_other_with_what_their_triggers_do()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        var database = server.Open(live);
        var (loaded, aside) = (live + "_l", live + "_a");
        await CreateBothAsync(live, loaded);
        await server.SqlAsync($"DELETE FROM {live}.audit; DELETE FROM {loaded}.audit;");
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 2).Select(_ => InsertAsync(live, stop.Token)).ToList();
        await Task.Delay(300, Token);

        await database.SwapAsync(loaded, aside, Token);

        await Task.Delay(300, Token);
        await stop.CancelAsync();
        var written = (await Task.WhenAll(clients)).Sum();
        Assert.True(written > 5, $"only {written} rows were written");
        var sums = new List<long>();
        foreach (var name in new[] { live, aside })
        {
            var counts = await database.CountRowsAsync(name, Token);
            sums.Add(counts["child"]);
            // Every row has its trigger's row beside it, in the same database; two rows of each were there before.
            Assert.Equal(counts["child"] - 2, counts["audit"]);
        }

        Assert.Equal(written, sums.Sum() - 4);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_left_alone()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        var database = server.Open(live);
        await server.SqlAsync($"CREATE DATABASE {live}; CREATE DATABASE {live}_l; CREATE TABLE {live}_l.t (a INT); CREATE DATABASE {live}_a; CREATE TABLE {live}_a.mine (a INT);");

        Assert.Equal(ErrorIds.DatabaseNameTaken, (await Assert.ThrowsAsync<AppException>(() => database.SwapAsync($"{live}_l", $"{live}_a", Token))).ErrorId);
        Assert.Equal(ErrorIds.DatabaseMissing, (await Assert.ThrowsAsync<AppException>(() => database.SwapAsync($"{live}_x", $"{live}_y", Token))).ErrorId);
        Assert.Equal(ErrorIds.DatabaseNameTaken, (await Assert.ThrowsAsync<AppException>(() => database.DropAsync(live, Token))).ErrorId);
        Assert.Equal(["mine"], (await database.CountRowsAsync($"{live}_a", Token)).Keys);
        Assert.Equal(["t"], (await database.CountRowsAsync($"{live}_l", Token)).Keys);
    }

    /// <returns>True when it came to the crash.</returns>
    private async Task<bool> CrashesAsync(string live, int statements, Func<IDatabase, Task> act)
    {
        var tools = new CrashingTools(server.OnHost(), statements);
        try
        {
            await act(server.Open(live, tools));
        }
        catch (CrashException)
        {
        }

        return tools.Crashed;
    }

    private async Task<int> InsertAsync(string live, CancellationToken stop)
    {
        var written = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await server.SqlAsync("INSERT INTO child (parent) VALUES (1)", live);
                written++;
            }
            catch (InvalidOperationException)
            {
                // Thrown out, or the table was not there for a moment: the row was not written.
            }
        }

        return written;
    }

    private static async Task AssertAsync(IDatabase database, string when, params (string Name, string? Snapshot)[] expected)
    {
        foreach (var (name, snapshot) in expected)
        {
            var there = await database.ExistsAsync(name, Token);
            Assert.True(there == snapshot is not null, $"{when}: '{name}' is {(there ? "there" : "gone")}");
            if (snapshot is not null)
                Assert.True(snapshot == await SnapshotAsync(database, name), $"{when}: '{name}' holds\n{await SnapshotAsync(database, name)}\ninstead of\n{snapshot}");
        }
    }

    private static async Task<string> SnapshotAsync(IDatabase database, string name)
    {
        var counts = await database.CountRowsAsync(name, Token);
        var marker = await database.QueryAsync("SELECT what FROM marker", Token, name);
        return $"{marker[0][0]}\n{string.Join(", ", counts)}\n{await database.DescribeSchemaAsync(Token, name)}";
    }

    private static async Task AssertWorksAsync(IDatabase database, string name, string nightly)
    {
        Assert.Equal(
            [["asleep", "DISABLED"], ["nightly", nightly]],
            await database.QueryAsync("SELECT EVENT_NAME, STATUS FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY 1", Token, name));
        var rows = await database.QueryAsync(
            "INSERT INTO child (parent) VALUES (1); SELECT what FROM audit ORDER BY id DESC LIMIT 1; SELECT COUNT(*) > 0 FROM a_names; SELECT LAST_INSERT_ID(); SELECT NEXTVAL(numbers)", Token, name);
        Assert.Equal(("1", $"it's child {rows[2][0]}"), (rows[1][0], rows[0][0]));
        await database.QueryAsync("DELETE FROM audit; DELETE FROM child WHERE id > 2", Token, name);
        await database.QueryAsync("INSERT INTO audit (what) VALUES ('1'), ('2')", Token, name);
        await Assert.ThrowsAsync<AppException>(() => database.QueryAsync("INSERT INTO child (parent) VALUES (99)", Token, name));
    }

    private async Task CreateBothAsync(string live, string loaded)
    {
        await server.SqlAsync($"CREATE USER IF NOT EXISTS app@'%'; CREATE DATABASE {Name(live)}; CREATE DATABASE {Name(loaded)};");
        await server.SqlAsync(Samples.MariaDb("old") + "CREATE TABLE shape (a INT); CREATE TABLE only_old (a INT); CREATE VIEW also_old AS SELECT * FROM only_old;", live);
        await server.SqlAsync(Samples.MariaDb("new") + "CREATE VIEW shape AS SELECT 1 AS a; CREATE TABLE also_old (b TEXT); DROP PROCEDURE note; CREATE PROCEDURE note(IN what TEXT) INSERT INTO audit (what) VALUES (CONCAT('it''s ', what)); ALTER EVENT nightly DISABLE ON SLAVE;", loaded);
    }

    private static string Name(string name) => MariaDbDialect.Instance.Name(name);
}
