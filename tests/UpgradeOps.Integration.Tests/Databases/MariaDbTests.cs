using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.MariaDb;

namespace UpgradeOps.Integration.Databases;

public sealed class MariaDbTests(MariaDbFixture server) : IClassFixture<MariaDbFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_tells_versions_and_size()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var info = await server.Open("mysql", server.InContainer()).CheckAsync(Token);

        Assert.True(info.ServerVersion >= new Version(10, 5));
        Assert.Equal(info.ServerVersion, info.ToolVersion);
        Assert.InRange(info.SizeBytes, 100_000, 100_000_000);
    }

    [Fact]
    public async Task Answers_come_back_exactly()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var rows = await server.Open("mysql").QueryAsync(
            """SELECT NULL AS `a<"b`, '', 'NULL', 'tab\tline\nreturn\r\nback\\slash', 'Ünï😀', '<field name="x">&amp;</field>', CHAR(1) UNION ALL SELECT 'x', 'y', 'z', 'w', 'v', NULL, '';""", Token);

        Assert.Equal([null, "", "NULL", "tab\tline\nreturn\r\nback\\slash", "Ünï😀", "<field name=\"x\">&amp;</field>", "\u0001"], rows[0]);
        Assert.Equal(["x", "y", "z", "w", "v", null, ""], rows[1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dump_loads_into_a_database_that_is_the_same(bool inContainer)
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.OddMariaDbName();
        await CreateAsync(live, "before");
        var database = server.Open(live, inContainer ? server.InContainer() : null);
        using var dump = new MemoryStream();

        await database.DumpAsync(dump, Token);
        dump.Position = 0;
        await database.VerifyDumpAsync(dump, DumpFormat.PlainSql, Token);
        dump.Position = 0;
        var scratch = SqlDialect.Of(database).Beside(live, "_scratch");
        await database.LoadAsync(Dump.Of(dump, DumpFormat.PlainSql), scratch, Token);

        Assert.Equal(await database.DescribeSchemaAsync(Token), await database.DescribeSchemaAsync(Token, scratch));
        var counts = await database.CountRowsAsync(scratch, Token);
        Assert.Equal(await database.CountRowsAsync(live, Token), counts);
        Assert.Equal(2, counts[Samples.OddTable]);
        Assert.Equal("00FF27225C0A0D1A", (await database.QueryAsync($"SELECT HEX(data) FROM {Name(Samples.OddTable)} WHERE data IS NOT NULL", Token, scratch))[0][0]);
        Assert.Equal("SLAVESIDE_DISABLED", (await database.QueryAsync("SELECT STATUS FROM information_schema.EVENTS WHERE EVENT_NAME = 'nightly' AND EVENT_SCHEMA = DATABASE()", Token, scratch))[0][0]);
        Assert.True(await database.ExistsAsync(scratch, Token));

        await database.DropAsync(scratch, Token);
        Assert.False(await database.ExistsAsync(scratch, Token));
        await database.DropAsync(scratch, Token);
    }

    private static string Name(string name) => MariaDbDialect.Instance.Name(name);

    private async Task CreateAsync(string name, string marker)
    {
        await server.SqlAsync($"CREATE DATABASE {Name(name)} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;");
        await server.SqlAsync(Samples.MariaDb(marker), name);
    }
}
