using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.PostgreSql;

namespace UpgradeOps.Integration.Databases;

public sealed class PostgresTests(PostgresFixture server) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_tells_versions_and_size()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var database = server.Open("postgres", server.InContainer());

        var info = await database.CheckAsync(Token);

        Assert.Equal(int.Parse(PostgresImage.Major), info.ServerVersion.Major);
        Assert.Equal(info.ServerVersion, info.ToolVersion);
        Assert.InRange(info.SizeBytes, 1_000_000, 100_000_000);
    }

    [Fact]
    public async Task Answers_come_back_exactly()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var rows = await server.Open("postgres").QueryAsync(
            """SELECT NULL, '', E'\\N', E'tab\tline\nreturn\rback\\slash', 'Ünï😀', '{"a": [1]}'::jsonb UNION ALL SELECT 'x', 'y', 'z', 'w', 'v', NULL;""", Token);

        Assert.Equal([null, "", "\\N", "tab\tline\nreturn\rback\\slash", "Ünï😀", "{\"a\": [1]}"], rows[0]);
        Assert.Equal(["x", "y", "z", "w", "v", null], rows[1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dump_loads_into_a_database_that_is_the_same(bool inContainer)
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.OddName();
        await CreateAsync(live, "before");
        await server.SqlAsync($"""
            ALTER DATABASE {Name(live)} SET search_path = "odd schema", public;
            ALTER DATABASE {Name(live)} SET work_mem = '9MB';
            REVOKE CONNECT ON DATABASE {Name(live)} FROM PUBLIC;
            COMMENT ON DATABASE {Name(live)} IS 'it''s mine';
            """);
        var database = server.Open(live, inContainer ? server.InContainer() : null);
        using var dump = new MemoryStream();

        await database.DumpAsync(dump, Token);
        dump.Position = 0;
        await database.VerifyDumpAsync(dump, DumpFormat.PostgresCustom, Token);
        dump.Position = 0;
        var scratch = SqlDialect.Of(database).Beside(live, "_scratch");
        await database.LoadAsync(Dump.Of(dump, DumpFormat.PostgresCustom), scratch, Token);

        Assert.Equal(await database.DescribeSchemaAsync(Token), await database.DescribeSchemaAsync(Token, scratch));
        var counts = await database.CountRowsAsync(scratch, Token);
        Assert.Equal(await database.CountRowsAsync(live, Token), counts);
        Assert.Equal(2, counts[$"odd schema.{Samples.OddTable}"]);
        Assert.Equal(1, counts["public.parted_low"]);
        Assert.Equal("\\x00ff275c0a", (await database.QueryAsync($"SELECT data FROM \"odd schema\".{Name(Samples.OddTable)} WHERE data IS NOT NULL", Token, scratch))[0][0]);
        Assert.Equal("\\x0102", (await database.QueryAsync("SELECT lo_get(oid) FROM pg_largeobject_metadata", Token, scratch))[0][0]);
        const string settings = "SELECT setconfig, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a), shobj_description(d.oid, 'pg_database') FROM pg_database d JOIN pg_db_role_setting s ON setdatabase = d.oid WHERE datname = current_database()";
        Assert.Equal(await database.QueryAsync(settings, Token), await database.QueryAsync(settings, Token, scratch));
        Assert.True(await database.ExistsAsync(scratch, Token));

        await database.DropAsync(scratch, Token);
        Assert.False(await database.ExistsAsync(scratch, Token));
        await database.DropAsync(scratch, Token);
    }

    private static string Name(string name) => PostgresDialect.Instance.Name(name);

    private async Task CreateAsync(string name, string marker)
    {
        await server.SqlAsync($"CREATE DATABASE {Name(name)};");
        await server.SqlAsync(Samples.Postgres(marker), name);
    }
}
