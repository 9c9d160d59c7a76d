using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Integration.Databases;

/// <summary>Archives that are large enough to be put beside the tools and loaded by several connections.</summary>
public sealed class PostgresStagedTests(PostgresFixture server) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_archive_comes_back_whole_and_leaves_nothing_where_it_was_loaded(bool inContainer)
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (live, archive) = await CreateAsync();
        if (inContainer)
            await server.Container.ExecAsync("sh", "-c", "mkdir -p /tmp/upgradeops-load.99999999.abc && echo remains > /tmp/upgradeops-load.99999999.abc/dump");
        var tools = new WatchedTools(inContainer ? server.InContainer() : server.OnHost());
        var database = server.Open(live, tools);
        await database.LoadAsync(Dump.Of(new MemoryStream(archive), DumpFormat.PostgresCustom, archive.Length), live + "_s", Token);
        Assert.Contains(tools.Commands, c => c.Tool == "sh" && c.Arguments.Contains("pg_restore"));
        Assert.Equal(await database.CountRowsAsync(live, Token), await database.CountRowsAsync(live + "_s", Token));
        Assert.Equal(await database.DescribeSchemaAsync(Token), await database.DescribeSchemaAsync(Token, live + "_s"));
        Assert.Equal([["0"]], await database.QueryAsync($"SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = '{live}_s'", Token));
        if (inContainer)
            Assert.Equal("", await RemainsAsync());
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip")]
    public async Task A_packed_archive_travels_packed_and_is_unpacked_where_it_is_loaded(string unpacker)
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (live, archive) = await CreateAsync();
        var packed = await PackAsync(archive, unpacker);
        var tools = new WatchedTools(server.InContainer());
        var database = server.Open(live, tools);
        await database.LoadAsync(Packed(packed, archive.Length, unpacker), live + "_s", Token);
        Assert.Contains(tools.Commands, c => c.Arguments.Contains(unpacker) && c.Arguments.Contains("pg_restore"));
        Assert.Equal(await database.CountRowsAsync(live, Token), await database.CountRowsAsync(live + "_s", Token));
        Assert.Equal(await database.DescribeSchemaAsync(Token), await database.DescribeSchemaAsync(Token, live + "_s"));

        foreach (var (content, size) in new[] { (packed[..^100], archive.Length), (packed, archive.Length - 1), (packed, archive.Length + 1) })
        {
            var e = await Assert.ThrowsAsync<AppException>(() => database.LoadAsync(Packed(content, size, unpacker), live + "_t", Token));
            Assert.Equal(ErrorIds.BackupDamaged, e.ErrorId);
            Assert.DoesNotContain(await database.QueryAsync("SELECT datname FROM pg_database", Token), n => n[0]!.StartsWith(live + "_t", StringComparison.Ordinal));
            Assert.Equal("", await RemainsAsync());
        }
    }

    [Fact]
    public async Task A_large_archive_that_is_cut_or_shorter_than_it_was_leaves_nothing_behind()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (live, archive) = await CreateAsync();
        var database = server.Open(live, server.InContainer());
        foreach (var (length, announced) in new[] { (archive.Length - 1, archive.Length - 1), (archive.Length * 3 / 4, archive.Length * 3 / 4), (archive.Length - 1, archive.Length) })
        {
            var e = await Assert.ThrowsAsync<AppException>(() => database.LoadAsync(Dump.Of(new MemoryStream(archive, 0, length), DumpFormat.PostgresCustom, announced), live + "_s", Token));
            Assert.Equal(length == announced ? ErrorIds.DatabaseToolFailed : ErrorIds.BackupDamaged, e.ErrorId);
            Assert.Contains("pg_restore", e.Message);
            Assert.DoesNotContain(await database.QueryAsync("SELECT datname FROM pg_database", Token), n => n[0]!.StartsWith(live + "_s", StringComparison.Ordinal));
            Assert.Equal("", await RemainsAsync());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_load_that_is_cancelled_leaves_nothing_behind(bool inContainer)
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (live, archive) = await CreateAsync();
        var database = server.Open(live, inContainer ? server.InContainer() : server.OnHost());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => database.LoadAsync(Dump.Of(new StoppedStream(archive, archive.Length / 2, stop), DumpFormat.PostgresCustom, archive.Length), live + "_s", stop.Token));
        Assert.DoesNotContain(await database.QueryAsync("SELECT datname FROM pg_database", Token), n => n[0]!.StartsWith(live + "_s", StringComparison.Ordinal));
        // Nobody can end a command in a container: it sees its input end, and then clears up itself.
        for (var attempt = 0; attempt < 300 && await RemainsAsync() != ""; attempt++)
            await Task.Delay(100, Token);
        Assert.Equal("", await RemainsAsync());
    }

    private async Task<(string Live, byte[] Archive)> CreateAsync()
    {
        var live = Samples.PlainName();
        await server.SqlAsync($"CREATE DATABASE {live};");
        await server.SqlAsync(Samples.Postgres("old"), live);
        await server.SqlAsync(
            "CREATE TABLE one AS SELECT i, repeat(md5(i::text), 20) AS text FROM generate_series(1, 20000) i; CREATE TABLE two AS SELECT * FROM one; ALTER TABLE one ADD PRIMARY KEY (i); CREATE INDEX ON two (text);",
            live);
        using var dump = new MemoryStream();
        await server.Open(live).DumpAsync(dump, Token);
        return (live, dump.ToArray());
    }

    private static Dump Packed(byte[] packed, long size, string unpacker) =>
        new(DumpFormat.PostgresCustom, _ => throw new InvalidOperationException("It was unpacked on this side.")) { Size = size, Packed = new PackedDump(unpacker, () => new MemoryStream(packed)) };

    private static async Task<byte[]> PackAsync(byte[] content, string tool)
    {
        using var packed = new MemoryStream();
        await Packing.WriteAsync(packed, tool, (output, token) => output.WriteAsync(content, token).AsTask(), Token);
        return packed.ToArray();
    }

    private async Task<string> RemainsAsync() => (await server.Container.ExecAsync("sh", "-c", "ls -d /tmp/upgradeops-load.* 2>/dev/null; true")).Expect("ls").Trim();

    /// <summary>Cancels when so much of it was read, and never ends.</summary>
    private sealed class StoppedStream(byte[] content, int after, CancellationTokenSource stop) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position >= after)
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return await base.ReadAsync(buffer, cancellationToken);
        }
    }

    private sealed class WatchedTools(IToolRunner inner) : IToolRunner
    {
        public List<ToolCommand> Commands { get; } = [];

        public string Place => inner.Place;

        public bool IsFar => inner.IsFar;

        public ServerAddress Server => inner.Server;

        public Task<ServerAddress?> OutsideAddressAsync(CancellationToken cancellationToken) => inner.OutsideAddressAsync(cancellationToken);

        public Task<ToolResult> RunAsync(ToolCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
        {
            Commands.Add(command);
            return inner.RunAsync(command, input, output, cancellationToken);
        }
    }
}
