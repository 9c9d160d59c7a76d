using System.Text;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Integration.Databases;

public sealed class MariaDbFaultTests(MariaDbFixture server) : IClassFixture<MariaDbFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_password_or_name_is_told()
    {
        Needs.Parts(DatabaseFixture.Parts);
        await FailsAsync(ErrorIds.DatabaseUnauthorized, () => server.Open("mysql", server.InContainer(), password: "wrong").CheckAsync(Token));
        await FailsAsync(ErrorIds.DatabaseUnauthorized, () => server.Open("mysql", server.InContainer(), user: "nobody").CheckAsync(Token));
        await FailsAsync(ErrorIds.DatabaseMissing, () => server.Open("nothing", server.InContainer()).CheckAsync(Token));
        await server.SqlAsync("CREATE USER IF NOT EXISTS weak@'%' IDENTIFIED BY 'weak'; GRANT ALL ON test.* TO weak@'%'; CREATE DATABASE IF NOT EXISTS test;");
        await FailsAsync(ErrorIds.DatabaseUnauthorized, () => server.Open("test", password: "weak", user: "weak").LoadAsync(Dump.Of(Bytes("SELECT 1;"), DumpFormat.PlainSql), "test_s", Token));
    }

    [Fact]
    public async Task What_is_not_there_is_told_and_the_older_names_of_the_tools_are_known()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var closed = new HostTools(new Engine.Hosts.Local.LocalHost(), new ServerAddress("127.0.0.1", FreePort.Next()));
        await FailsAsync(ErrorIds.DatabaseUnreachable, () => server.Open("mysql", closed).CheckAsync(Token));
        var older = new AlteredTools(server.InContainer()) { Names = { ["mariadb-dump"] = "no-such-tool", ["mariadb"] = "no-such-tool" } };
        Assert.Equal(await server.Open("mysql", server.InContainer()).CheckAsync(Token), await server.Open("mysql", older).CheckAsync(Token));
        older.Names["mysqldump"] = "no-such-tool";
        await FailsAsync(ErrorIds.HostCommandMissing, () => server.Open("mysql", older).CheckAsync(Token));
        var old = new AlteredTools(server.InContainer()) { Version = "mysqldump  Ver 10.16 Distrib 10.1.48-MariaDB, for debian-linux-gnu (x86_64)" };
        await FailsAsync(ErrorIds.DatabaseToolTooOld, () => server.Open("mysql", old).CheckAsync(Token));
    }

    [Fact]
    public async Task A_dump_that_loses_its_tool_its_server_or_its_end_fails()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        await server.SqlAsync($"CREATE DATABASE {live}; CREATE TABLE {live}.big AS SELECT seq, REPEAT(MD5(seq), 30) AS text FROM seq_1_to_30000;");
        var database = server.Open(live, server.InContainer());

        using var client = new TriggerStream(4_000_000, () => server.Container.ExecAsync("sh", "-c", "killall -9 mariadb-dump || pkill -9 mariadb-dump"));
        var e = await FailsAsync(ErrorIds.DatabaseToolFailed, () => database.DumpAsync(client, Token));
        Assert.Contains("137", e.Message);

        using var session = new TriggerStream(4_000_000, () => server.SqlAsync("SELECT CONCAT('KILL ', id) INTO @kill FROM information_schema.PROCESSLIST WHERE INFO LIKE '%FROM `big`%' AND id <> CONNECTION_ID() LIMIT 1; EXECUTE IMMEDIATE @kill;"));
        await Assert.ThrowsAsync<AppException>(() => database.DumpAsync(session, Token));

        foreach (var cut in new[] { 2, 30, 100_000 })
        {
            var half = server.Open(live, new AlteredTools(server.InContainer()) { Cut = cut });
            await FailsAsync(ErrorIds.BackupDamaged, () => half.DumpAsync(new MemoryStream(), Token));
        }

        using var stopped = new TriggerStream(4_000_000, () => server.Container.SignalAsync("KILL"));
        await Assert.ThrowsAsync<AppException>(() => database.DumpAsync(stopped, Token));
        var gone = await FailsAsync(ErrorIds.DatabaseUnreachable, () => database.CheckAsync(Token));
        Assert.Contains("does not run", gone.Message);
        await server.Container.StartAgainAsync();
        await database.CheckAsync(Token);
    }

    [Fact]
    public async Task A_dump_that_is_cut_or_wrong_leaves_nothing_behind()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (database, live) = await CreateAsync();
        var dump = await DumpAsync(database);
        foreach (var length in new[] { 0, 3, dump.Length / 3, dump.Length * 2 / 3, dump.Length - 2 })
        {
            await FailsAsync(ErrorIds.BackupDamaged, () => database.VerifyDumpAsync(new MemoryStream(dump, 0, length), DumpFormat.PlainSql, Token));
            await FailsAsync(ErrorIds.BackupDamaged, () => database.LoadAsync(Dump.Of(new MemoryStream(dump, 0, length), DumpFormat.PlainSql), $"{live}_s", Token));
            await AssertNothingAsync(database, $"{live}_s");
        }

        var e = await FailsAsync(ErrorIds.DatabaseToolFailed, () => database.LoadAsync(
            Dump.Of(Bytes("CREATE TABLE t (a INT);\nINSERT INTO t VALUES (1);\nINSERT INTO nothing VALUES (1);\nINSERT INTO t VALUES (2);\n"), DumpFormat.PlainSql), $"{live}_s", Token));
        Assert.Contains("at line 3", e.Message);
        await AssertNothingAsync(database, $"{live}_s");
        await FailsAsync(ErrorIds.RestoreFailed, () => database.LoadAsync(Dump.Of(new MemoryStream(dump), DumpFormat.PostgresCustom), $"{live}_s", Token));
    }

    [Fact]
    public async Task A_load_that_is_killed_counts_for_nothing_and_is_done_again()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (database, live) = await CreateAsync();
        var dump = await DumpAsync(database);
        for (var statements = 0; ; statements++)
        {
            var tools = new CrashingTools(server.OnHost(), statements);
            try
            {
                await server.Open(live, tools).LoadAsync(Dump.Of(new MemoryStream(dump), DumpFormat.PlainSql), $"{live}_s", Token);
            }
            catch (CrashException)
            {
            }

            if (!tools.Crashed)
                break;
            Assert.False(await database.ExistsAsync($"{live}_s", Token));
            Assert.Equal(ErrorIds.DatabaseMissing, (await Assert.ThrowsAsync<AppException>(() => database.SwapAsync($"{live}_s", $"{live}_a", Token))).ErrorId);
            Assert.True(statements < 20);
        }

        Assert.Equal(await database.CountRowsAsync(live, Token), await database.CountRowsAsync($"{live}_s", Token));
        await FailsAsync(ErrorIds.DatabaseNameTaken, () => database.LoadAsync(Dump.Of(new MemoryStream(dump), DumpFormat.PlainSql), $"{live}_s", Token));
    }

    [Fact]
    public async Task Dumps_of_other_tools_load_when_they_stay_in_their_database()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (database, live) = await CreateAsync();
        // Routines that were made under other default characters: the dump changes those of the database around them.
        await server.SqlAsync($"ALTER DATABASE {live} CHARACTER SET latin1; CREATE DEFINER = gone@nowhere PROCEDURE {live}.old_one() SELECT 'ü'; ALTER DATABASE {live} CHARACTER SET utf8mb4;");
        foreach (var options in new string[][] { [], ["--skip-extended-insert", "--complete-insert", "--skip-comments"], ["--skip-add-locks", "--skip-disable-keys", "--skip-dump-date"] })
        {
            var text = (await server.Container.ExecAsync(["mysqldump", "--protocol=tcp", "-h", "127.0.0.1", "-u", "root", "--routines", "--events", "--hex-blob", .. options, live])).Expect("mysqldump");
            Assert.Contains("ALTER DATABASE", text);
            await database.LoadAsync(Dump.Of(Bytes(text), DumpFormat.PlainSql), $"{live}_s", Token);
            Assert.Equal(await database.DescribeSchemaAsync(Token), await database.DescribeSchemaAsync(Token, $"{live}_s"));
            Assert.Equal(await database.CountRowsAsync(live, Token), await database.CountRowsAsync($"{live}_s", Token));
            await database.DropAsync($"{live}_s", Token);
        }

        var named = (await server.Container.ExecAsync("mysqldump", "--protocol=tcp", "-h", "127.0.0.1", "-u", "root", "--databases", live)).Expect("mysqldump");
        var line = named[..named.IndexOf("CREATE DATABASE", StringComparison.Ordinal)].Count(c => c == '\n') + 1;
        var e = await FailsAsync(ErrorIds.RestoreFailed, () => database.LoadAsync(Dump.Of(Bytes(named), DumpFormat.PlainSql), $"{live}_s", Token));
        Assert.Contains($"line {line} ", e.Message);
        await AssertNothingAsync(database, $"{live}_s");
        Assert.Equal(2, (await database.CountRowsAsync(live, Token))["child"]);
    }

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static async Task<AppException> FailsAsync(string id, Func<Task> act)
    {
        var e = await Assert.ThrowsAsync<AppException>(act);
        Assert.True(id == e.ErrorId, $"{e.ErrorId}: {e.Message}");
        Assert.DoesNotContain(DatabaseContainer.Password, e.Message);
        return e;
    }

    private static async Task<byte[]> DumpAsync(IDatabase database)
    {
        using var dump = new MemoryStream();
        await database.DumpAsync(dump, Token);
        return dump.ToArray();
    }

    private static async Task AssertNothingAsync(IDatabase database, string name)
    {
        var names = await database.QueryAsync("SHOW DATABASES", Token);
        Assert.DoesNotContain(names, n => n[0]!.StartsWith(name, StringComparison.Ordinal));
    }

    private async Task<(IDatabase Database, string Live)> CreateAsync()
    {
        var live = Samples.PlainName();
        await server.SqlAsync($"CREATE DATABASE {live} CHARACTER SET utf8mb4;");
        await server.SqlAsync(Samples.MariaDb("old"), live);
        return (server.Open(live), live);
    }
}
