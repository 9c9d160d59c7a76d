using System.Text;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Integration.Databases;

public sealed class PostgresFaultTests(PostgresFixture server) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_password_is_told_also_where_the_server_trusts_its_own_machine()
    {
        Needs.Parts(DatabaseFixture.Parts);
        (await server.Container.ExecAsync("sh", "-c", "sed -i '1i host all all 127.0.0.1/32 trust' $PGDATA/pg_hba.conf && psql -U postgres -c 'SELECT pg_reload_conf()'")).Expect("reload");
        await server.Open("postgres", server.InContainer()).CheckAsync(Token);
        await FailsAsync(ErrorIds.DatabaseUnauthorized, () => server.Open("postgres", server.InContainer(), password: "wrong").CheckAsync(Token));
        await FailsAsync(ErrorIds.DatabaseUnauthorized, () => server.Open("postgres", server.OnHost(), password: "wrong").CheckAsync(Token));
        await FailsAsync(ErrorIds.DatabaseUnauthorized, () => server.Open("postgres", server.InContainer(), user: "nobody").CheckAsync(Token));
        await FailsAsync(ErrorIds.DatabaseMissing, () => server.Open("nothing", server.InContainer()).CheckAsync(Token));
    }

    [Fact]
    public async Task What_is_not_there_is_told()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var closed = new HostTools(new Engine.Hosts.Local.LocalHost(), new ServerAddress("127.0.0.1", FreePort.Next()));
        await FailsAsync(ErrorIds.DatabaseUnreachable, () => server.Open("postgres", closed).CheckAsync(Token));
        var e = await FailsAsync(ErrorIds.HostCommandMissing, () => server.Open("postgres", new AlteredTools(server.InContainer()) { Names = { ["pg_dump"] = "no-such-tool" } }).CheckAsync(Token));
        Assert.Contains("no-such-tool", e.Message);
        await FailsAsync(ErrorIds.HostCommandMissing, () => server.Open("postgres", new AlteredTools(server.OnHost()) { Names = { ["pg_dump"] = "no-such-tool" } }).CheckAsync(Token));
        await FailsAsync(ErrorIds.DatabaseToolTooOld, () => server.Open("postgres", new AlteredTools(server.InContainer()) { Version = "pg_dump (PostgreSQL) 9.6.24" }).CheckAsync(Token));
    }

    [Fact]
    public async Task A_dump_that_loses_its_tool_or_its_server_fails()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        await server.SqlAsync($"CREATE DATABASE {live};");
        await server.SqlAsync("CREATE TABLE big AS SELECT i, repeat(md5(i::text), 30) AS text FROM generate_series(1, 30000) i;", live);
        var database = server.Open(live, server.InContainer());

        using var client = new TriggerStream(4_000_000, () => server.Container.ExecAsync("sh", "-c", "killall -9 pg_dump || pkill -9 pg_dump"));
        var e = await FailsAsync(ErrorIds.DatabaseToolFailed, () => database.DumpAsync(client, Token));
        Assert.Contains("137", e.Message);

        using var session = new TriggerStream(4_000_000, () => server.SqlAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('pg_dump', 'upgradeops');"));
        await FailsAsync(ErrorIds.DatabaseUnreachable, () => database.DumpAsync(session, Token));

        using var stopped = new TriggerStream(4_000_000, () => server.Container.SignalAsync("KILL"));
        await Assert.ThrowsAsync<AppException>(() => database.DumpAsync(stopped, Token));
        var gone = await FailsAsync(ErrorIds.DatabaseUnreachable, () => database.CheckAsync(Token));
        Assert.Contains("does not run", gone.Message);
        await server.Container.StartAgainAsync();
        await database.CheckAsync(Token);
    }

    [Fact]
    public async Task An_archive_that_is_cut_is_no_archive_and_leaves_nothing_behind()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (database, live) = await CreateAsync();
        var archive = await DumpAsync(database);
        var scratch = live + "_s";
        foreach (var length in new[] { 0, 4, 100, archive.Length / 3, archive.Length * 2 / 3, archive.Length - 1 })
        {
            await FailsAsync(ErrorIds.BackupDamaged, () => database.VerifyDumpAsync(new MemoryStream(archive, 0, length), DumpFormat.PostgresCustom, Token));
            await Assert.ThrowsAsync<AppException>(() => database.LoadAsync(Dump.Of(new MemoryStream(archive, 0, length), DumpFormat.PostgresCustom), scratch, Token));
            await AssertNothingAsync(database, scratch);
        }

        var half = server.Open(live, new AlteredTools(server.OnHost()) { Cut = archive.Length - 3 });
        await FailsAsync(ErrorIds.BackupDamaged, () => half.DumpAsync(new MemoryStream(), Token));
    }

    [Fact]
    public async Task A_load_that_is_killed_counts_for_nothing_and_is_done_again()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (database, live) = await CreateAsync();
        var archive = await DumpAsync(database);
        var scratch = live + "_s";
        for (var statements = 0; ; statements++)
        {
            var tools = new CrashingTools(server.OnHost(), statements);
            try
            {
                await server.Open(live, tools).LoadAsync(Dump.Of(new MemoryStream(archive), DumpFormat.PostgresCustom), scratch, Token);
            }
            catch (CrashException)
            {
            }

            if (!tools.Crashed)
                break;
            Assert.False(await database.ExistsAsync(scratch, Token));
            Assert.True(statements < 20);
        }

        Assert.Equal(await database.CountRowsAsync(live, Token), await database.CountRowsAsync(scratch, Token));
        await FailsAsync(ErrorIds.DatabaseNameTaken, () => database.LoadAsync(Dump.Of(new MemoryStream(archive), DumpFormat.PostgresCustom), scratch, Token));
        await FailsAsync(ErrorIds.DatabaseNameTaken, () => database.LoadAsync(Dump.Of(new MemoryStream(archive), DumpFormat.PostgresCustom), live, Token));
    }

    [Fact]
    public async Task Plain_dumps_load_when_they_stay_in_their_database()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (database, live) = await CreateAsync();
        foreach (var options in new string[][] { [], ["--inserts"], ["--column-inserts", "--no-owner"] })
        {
            var text = (await server.Container.ExecAsync(["pg_dump", "-h", "127.0.0.1", "-U", "postgres", .. options, live])).Expect("pg_dump");
            await database.VerifyDumpAsync(Bytes(text), DumpFormat.PlainSql, Token);
            await database.LoadAsync(Dump.Of(Bytes(text), DumpFormat.PlainSql), $"{live}_s", Token);
            Assert.Equal(await database.DescribeSchemaAsync(Token), await database.DescribeSchemaAsync(Token, $"{live}_s"));
            Assert.Equal(await database.CountRowsAsync(live, Token), await database.CountRowsAsync($"{live}_s", Token));
            await database.DropAsync($"{live}_s", Token);
        }

        var created = (await server.Container.ExecAsync("pg_dump", "-h", "127.0.0.1", "-U", "postgres", "--create", live)).Expect("pg_dump");
        var line = created[..created.IndexOf("CREATE DATABASE", StringComparison.Ordinal)].Count(c => c == '\n') + 1;
        var e = await FailsAsync(ErrorIds.RestoreFailed, () => database.LoadAsync(Dump.Of(Bytes(created), DumpFormat.PlainSql), $"{live}_s", Token));
        Assert.Contains($"line {line} ", e.Message);
        await AssertNothingAsync(database, $"{live}_s");
    }

    [Fact]
    public async Task A_dump_with_an_error_in_the_middle_leaves_nothing_behind()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (database, live) = await CreateAsync();
        var e = await FailsAsync(ErrorIds.DatabaseToolFailed, () => database.LoadAsync(
            Dump.Of(Bytes("CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\nINSERT INTO nothing VALUES (1);\nINSERT INTO t VALUES (2);\n"), DumpFormat.PlainSql), $"{live}_s", Token));
        Assert.Contains("<stdin>:3", e.Message);
        await AssertNothingAsync(database, $"{live}_s");
        e = await FailsAsync(ErrorIds.BackupDamaged, () => database.LoadAsync(Dump.Of(Bytes("CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n2\n"), DumpFormat.PlainSql), $"{live}_s", Token));
        Assert.Contains("line 5", e.Message);
        await AssertNothingAsync(database, $"{live}_s");
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
        var names = await database.QueryAsync("SELECT datname FROM pg_database", Token);
        Assert.DoesNotContain(names, n => n[0]!.StartsWith(name, StringComparison.Ordinal));
    }

    private async Task<(IDatabase Database, string Live)> CreateAsync()
    {
        var live = Samples.PlainName();
        await server.SqlAsync($"CREATE DATABASE {live};");
        await server.SqlAsync(Samples.Postgres("old"), live);
        return (server.Open(live), live);
    }
}
