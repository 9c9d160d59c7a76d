using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Integration.Databases;

namespace UpgradeOps.Integration.Backups;

/// <summary>Backups of real databases: made, opened with stock tools, proved, restored, taken back.</summary>
public abstract class DatabaseBackupTests(DatabaseFixture server) : IDisposable
{
    private readonly TempFolder _folder = new("backups-");

    private protected string InFolder(string name) => _folder[name];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Connections that dump at once; null for one.</summary>
    private protected virtual int? Jobs => null;

    private bool IsPostgres => server.Engine == "postgresql";

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Rows_counted_in_the_dump_are_those_of_the_database()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync();
        var backup = await BackUpAsync(room);

        var counted = new FolderBackupStore(_folder["backups"]).Read(backup.BackupId).Sources[0].Rows!;
        var real = await database.CountRowsAsync(database.Name, Token);
        Assert.Empty(UpgradeOps.Engine.Backups.Proof.RowComparison.Differences(counted, real));
        Assert.Equal(2, counted[IsPostgres ? "public.parent" : "parent"]);
        Assert.Equal(2, counted[IsPostgres ? $"odd schema.{Samples.OddTable}" : Samples.OddTable]);
        Assert.Equal(2, counted[IsPostgres ? "public.audit" : "audit"]);
        Assert.Equal(1, counted[IsPostgres ? "public.marker" : "marker"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dump_that_is_packed_inside_the_container_or_comes_out_of_it_holds_the_same_and_is_restored(bool packed)
    {
        Needs.Parts([.. DatabaseFixture.Parts, Part.Zstd]);
        var (room, database) = await OpenAsync(inContainer: true, isFar: packed);
        // For root on the engine's own machine there is a shorter way than through the engine.
        Assert.Equal(packed || !Environment.IsPrivilegedProcess, await database.CanPackAsync(Token));
        var backup = await BackUpAsync(room);
        var manifest = new FolderBackupStore(_folder["backups"]).Read(backup.BackupId);
        var file = Assert.Single(manifest.Files);
        Assert.EndsWith("zstd", file.Encoding, StringComparison.Ordinal);
        var plain = await new Command("bash", "-c", $"zstd -dcq {file.Path} | wc -c") { Folder = backup.Location }.RunAsync(Token);
        Assert.Equal($"{file.OriginalSize}", plain.Output.Trim());
        var counted = manifest.Sources[0].Rows!;
        Assert.Empty(UpgradeOps.Engine.Backups.Proof.RowComparison.Differences(counted, await database.CountRowsAsync(database.Name, Token)));
        Assert.Equal(ProofLevel.Restore, (await room.ProveAsync(backup.BackupId, ProofLevel.Restore, Token)).Proof.Level);
    }

    [Fact]
    public async Task A_dump_that_fails_inside_the_container_says_why_though_its_output_was_packed()
    {
        Needs.Parts([.. DatabaseFixture.Parts, Part.Zstd]);
        var missing = server.Open("no_such_database", server.InContainer());
        var e = await Assert.ThrowsAsync<AppException>(() => missing.DumpPackedAsync(new MemoryStream(), Token));
        Assert.Equal(ErrorIds.DatabaseMissing, e.ErrorId);
        var locked = server.Open(Samples.PlainName(), server.InContainer(), password: "wrong-password");
        Assert.NotEqual(ErrorIds.DatabaseToolFailed, (await Assert.ThrowsAsync<AppException>(() => locked.DumpPackedAsync(new MemoryStream(), Token))).ErrorId);
    }

    [Theory]
    [InlineData(ProofLevel.Structure)]
    [InlineData(ProofLevel.Restore)]
    public async Task A_backup_is_proved_and_the_scratch_database_is_gone_afterwards(ProofLevel level)
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync();
        var backup = await BackUpAsync(room);
        var before = await NamesAsync(database);
        var proved = await room.ProveAsync(backup.BackupId, level, Token);
        Assert.Equal(level, proved.Proof.Level);
        Assert.Equal(level == ProofLevel.Restore, proved.Proof.Evidence.Any(e => e.Contains("checksums of the backup", StringComparison.Ordinal)));
        Assert.Equal(before, await NamesAsync(database));
    }

    [Fact]
    public async Task Values_of_every_awkward_type_are_the_same_after_a_restore_and_one_that_is_not_is_found()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync();
        await server.SqlAsync(IsPostgres ? PostgresTypes(database.Name) : MariaDbTypes, database.Name);
        var backup = await BackUpAsync(room);
        var proved = await room.ProveAsync(backup.BackupId, ProofLevel.Restore, Token);
        Assert.Contains(proved.Proof.Evidence, e => e.Contains("checksums of the backup", StringComparison.Ordinal));

        // The dump of a database with as many rows and one other value, in the place of the backup's own.
        var store = new FolderBackupStore(_folder["backups"]);
        var manifest = store.Read(backup.BackupId);
        await server.SqlAsync("UPDATE marker SET what = 'beforf';", database.Name);
        await room.CreateAsync(new BackupRequest { BackupId = "20260301T030000000Z-0002" }, Token);
        var other = store.Read("20260301T030000000Z-0002");
        File.Copy(Path.Combine(_folder["backups"], other.BackupId, other.Files[0].Path), Path.Combine(_folder["backups"], manifest.BackupId, other.Files[0].Path), overwrite: true);
        store.Write(manifest with { Files = other.Files });
        var databases = new Dictionary<string, IDatabase> { ["main"] = database };
        var proof = new UpgradeOps.Engine.Backups.Proof.RestoreProof(store, databases, new AppDefinition { Name = "kmp", Path = "kmp.yaml", Platform = new PlatformDefinition(), Releases = new ReleasesDefinition() });
        var error = await Assert.ThrowsAsync<AppException>(() => proof.ProveAsync(store.Read(manifest.BackupId), Token));
        Assert.Equal(ErrorIds.BackupDamaged, error.ErrorId);
        Assert.Contains("marker has other values", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stock_tools_open_it_and_its_own_commands_restore_it()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync();
        var backup = await BackUpAsync(room);
        // The last command replaces the live one; the ones before load beside it.
        var script = string.Join("\n", backup.RestoreCommands.TakeWhile(c => !c.StartsWith("# Looked", StringComparison.Ordinal) && !c.StartsWith("# When", StringComparison.Ordinal)));
        var result = await new Command("bash", "-euo", "pipefail", "-c", script) { Folder = backup.Location, Input = DatabaseContainer.Password + "\n" }.RunAsync(Token);
        Assert.True(result.ExitCode == 0, $"{script}\n{result.Error}");
        Assert.Contains("OK", result.Output, StringComparison.Ordinal);
        Assert.Equal(await database.CountRowsAsync(database.Name, Token), await database.CountRowsAsync(database.Name + "_restored", Token));
    }

    [Fact]
    public async Task A_restore_brings_the_rows_back_and_keeps_the_live_ones_and_going_back_loses_neither()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync();
        var backup = await BackUpAsync(room);
        await server.SqlAsync("UPDATE marker SET what = 'changed';", database.Name);

        var operation = new Operation(room, await room.PlanRestoreAsync(backup.BackupId, null, Token));
        await operation.RunAsync();
        Assert.Equal("before", await MarkerAsync(database));
        var aside = Assert.Single(operation.KeptAside)["database ".Length..];
        Assert.Equal("changed", await MarkerAsync(database, aside));

        await server.SqlAsync("UPDATE marker SET what = 'used';", database.Name);
        await operation.UndoAsync();
        Assert.Equal("changed", await MarkerAsync(database));
        var undone = Assert.Single(operation.KeptAside)["database ".Length..];
        Assert.Equal("used", await MarkerAsync(database, undone));
        await operation.UndoAsync();
        Assert.Equal("changed", await MarkerAsync(database));
        Assert.False(await database.ExistsAsync(aside, Token));
    }

    [Fact]
    public async Task A_restore_for_a_look_stands_beside_and_its_way_back_drops_it()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync();
        var backup = await BackUpAsync(room);
        await server.SqlAsync("UPDATE marker SET what = 'changed';", database.Name);
        var before = await NamesAsync(database);
        var plan = UpgradeOps.Engine.Backups.Restore.BesidePlan.Of(await room.PlanRestoreAsync(backup.BackupId, null, Token), "look", Definition(database));
        var operation = new Operation(room, plan);
        await operation.RunAsync();
        Assert.Equal(("changed", "before"), (await MarkerAsync(database), await MarkerAsync(database, database.Name + "_look")));
        Assert.Equal([$"database {database.Name}_look"], operation.KeptAside);
        var again = new Operation(room, plan) { Id = "20260401T000000000Z-beef" };
        Assert.Equal(ErrorIds.DatabaseNameTaken, (await Assert.ThrowsAsync<AppException>(() => again.RunAsync())).ErrorId);
        await again.UndoAsync();
        Assert.Equal("before", await MarkerAsync(database, database.Name + "_look"));
        await operation.UndoAsync();
        Assert.Equal(before, await NamesAsync(database));
        Assert.Equal("changed", await MarkerAsync(database));
    }

    [Fact]
    public async Task Going_back_before_the_swap_drops_only_what_was_loaded()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync();
        var backup = await BackUpAsync(room);
        var before = await NamesAsync(database);
        var plan = await room.PlanRestoreAsync(backup.BackupId, null, Token);
        var operation = new Operation(room, plan);
        await operation.RunAsync(count: 1);
        Assert.Equal(before.Count + 1, (await NamesAsync(database)).Count);

        // The swap was written down as begun, and the process ended before it did anything.
        operation.Begin(1);
        await operation.UndoAsync();
        Assert.Equal(before, await NamesAsync(database));
        Assert.Equal("before", await MarkerAsync(database));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dump_of_another_tool_is_recognised_by_its_content_and_restored(bool compressed)
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync();
        await BackUpAsync(room);
        var raw = new MemoryStream();
        await database.DumpAsync(raw, Token);
        var path = _folder["a-file-of-any-name"];
        await using (var file = File.Create(path))
        await using (Stream output = compressed ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Optimal) : file)
            await output.WriteAsync(raw.ToArray(), Token);
        await server.SqlAsync("UPDATE marker SET what = 'changed';", database.Name);

        var operation = new Operation(room, await room.PlanRestoreFileAsync(path, null, Token));
        await operation.RunAsync();
        Assert.Equal("before", await MarkerAsync(database));

        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path, Token))[..^100], Token);
        var stale = new Operation(room, operation.Plan) { Id = "20260401T000000000Z-beef" };
        Assert.Equal(ErrorIds.PlanStale, (await Assert.ThrowsAsync<AppException>(() => stale.RunAsync())).ErrorId);
    }

    [Fact]
    public async Task A_cut_dump_of_another_tool_is_refused_while_the_live_one_stays()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync();
        var raw = new MemoryStream();
        await database.DumpAsync(raw, Token);
        var path = _folder["cut.sql"];
        await File.WriteAllBytesAsync(path, raw.ToArray()[..^(int)(raw.Length / 3)], Token);
        var before = await NamesAsync(database);
        var operation = new Operation(room, await room.PlanRestoreFileAsync(path, "main", Token));
        await Assert.ThrowsAsync<AppException>(() => operation.RunAsync());
        await operation.UndoAsync();
        Assert.Equal(before, await NamesAsync(database));
    }

    private const string MariaDbTypes = """
        CREATE TABLE types (f float, d double, n decimal(20,8), t timestamp NULL, dt datetime(6), b blob, j json, e enum('a','b'), bit bit(9), y year, l varchar(40) CHARACTER SET latin1, g int AS (y + 1) STORED, p point);
        INSERT INTO types (f, d, n, t, dt, b, j, e, bit, y, l, p) VALUES
          (1.1, 0.1, 12345678.87654321, '2026-03-29 02:30:00', '2026-03-29 02:30:00.123456', 0x00ff27, '{"a": [1, "x)(;\\\\"]}', 'b', b'100000001', 2026, 'Ünï', POINT(1, 2)),
          (NULL, NULL, NULL, NULL, NULL, '', NULL, NULL, NULL, NULL, '', NULL), (3.4e38, -1e-300, 0, '1970-01-01 00:00:01', NULL, '\'', NULL, 'a', b'0', 1999, '),(', NULL);
        """;

    private static string PostgresTypes(string name) => $$"""
        ALTER DATABASE {{name}} SET timezone = 'America/Caracas';
        ALTER DATABASE {{name}} SET bytea_output = 'escape';
        ALTER DATABASE {{name}} SET datestyle = 'German';
        ALTER DATABASE {{name}} SET extra_float_digits = -5;
        CREATE TABLE types (f real, d double precision, n numeric, t timestamptz, i interval, b bytea, j jsonb, a text[], r tstzrange, s text, g int GENERATED ALWAYS AS (length(s)) STORED);
        INSERT INTO types VALUES
          (1.1, 0.1 + 0.2, 12345678901234567890.123456789, '2026-03-29 02:30:00+01', '1 mon 2 days', '\x00ff5c', '{"b":1,"a":[1,2]}', '{"x,y",NULL}', '[2026-01-01,2026-02-01)', E'a\tb\\\nc'),
          (NULL, 'NaN', NULL, 'infinity', NULL, '', NULL, '{}', 'empty', ''), ('-Infinity', 1e-300, 0, '0044-03-15 BC', '-1 s', '\x', '""', NULL, NULL, '\.');
        CREATE TABLE one (s text);
        INSERT INTO one VALUES (''), (NULL), ('\.'), (E'\n');
        """;

    private protected async Task<(BackupRoom Room, IDatabase Database)> OpenAsync(bool inContainer = false, bool isFar = false, Func<string, BackupSourceDefinition>? source = null)
    {
        var name = Samples.PlainName();
        await server.SqlAsync($"CREATE DATABASE {name};");
        await server.SqlAsync(IsPostgres ? Samples.Postgres("before") : Samples.MariaDb("before"), name);
        var database = server.Open(name, inContainer ? isFar ? new AlteredTools(server.InContainer()) { IsFar = true } : server.InContainer() : null);
        var definition = Definition(database, source);
        var databases = new Dictionary<string, IDatabase> { ["main"] = database };
        return (new BackupRoom(definition, new LocalHost(), databases, NoDocker, _folder["backups"], TimeProvider.System), database);
    }

    private AppDefinition Definition(IDatabase database, Func<string, BackupSourceDefinition>? source = null) => new()
    {
        Name = "kmp",
        Path = _folder["kmp.yaml"],
        Platform = new PlatformDefinition { Service = new ServiceDefinition { Directory = _folder.Path, Command = ["true"] } },
        Releases = new ReleasesDefinition { Folder = _folder.Path },
        Databases = new Dictionary<string, DatabaseDefinition>
        {
            ["main"] = new() { Engine = server.Engine, Address = server.Container.Address, Port = server.Container.Port, Database = database.Name, User = server.Container.User },
        },
        Backups = [source?.Invoke("main") ?? new BackupSourceDefinition { Database = "main", Jobs = Jobs }],
    };

    private static UpgradeOps.Engine.Docker.DockerClient NoDocker() => throw new NotSupportedException("no volume is declared");

    private protected static Task<Backup> BackUpAsync(BackupRoom room) => room.CreateAsync(new BackupRequest { BackupId = "20260301T020000000Z-0001" }, Token);

    private static async Task<string?> MarkerAsync(IDatabase database, string? name = null) =>
        (await database.QueryAsync("SELECT what FROM marker", Token, name))[0][0];

    private async Task<IReadOnlyList<string>> NamesAsync(IDatabase database)
    {
        var sql = IsPostgres ? "SELECT datname FROM pg_database ORDER BY 1" : "SELECT schema_name FROM information_schema.schemata ORDER BY 1";
        return [.. (await database.QueryAsync(sql, Token)).Select(r => r[0]!).Where(n => n.StartsWith(database.Name, StringComparison.Ordinal))];
    }
}

public sealed partial class PostgresBackupTests(PostgresFixture server) : DatabaseBackupTests(server), IClassFixture<PostgresFixture>
{
    private readonly PostgresFixture _server = server;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_whole_cluster_and_its_globals_are_restored_into_a_new_server_by_their_own_commands(bool inContainer)
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync(inContainer, source: id => inContainer ? new() { Globals = id } : new() { Cluster = id });
        var role = Samples.PlainName();
        await _server.SqlAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x';");
        var backup = await BackUpAsync(room);
        var proved = await room.ProveAsync(backup.BackupId, ProofLevel.Structure, Token);
        Assert.Contains(proved.Proof.Evidence, e => e.Contains("pg_dumpall", StringComparison.Ordinal));
        Assert.Equal(inContainer ? BackupConsistency.EachSource : BackupConsistency.BestEffort, backup.Consistency);
        Assert.Contains("a person restores", (await Assert.ThrowsAsync<AppException>(() => room.PlanRestoreAsync(backup.BackupId, null, Token))).Message, StringComparison.Ordinal);

        await using var fresh = await DatabaseContainer.StartAsync(DatabaseKind.Postgres, []);
        var script = string.Join('\n', backup.RestoreCommands).Replace(_server.Container.Address, fresh.Address, StringComparison.Ordinal);
        var done = await new Command("bash", "-euo", "pipefail", "-c", script) { Folder = backup.Location, Input = DatabaseContainer.Password + "\n" }.RunAsync(Token);
        Assert.True(done.ExitCode == 0, $"{script}\n{done.Error}");
        var there = _server.Open(inContainer ? "postgres" : database.Name, new UpgradeOps.Engine.Databases.Tools.HostTools(new LocalHost(), new(fresh.Address, fresh.Port)));
        Assert.Equal("1", (await there.QueryAsync($"SELECT count(*) FROM pg_roles WHERE rolname = '{role}'", Token))[0][0]);
        if (!inContainer)
            Assert.Equal(await database.CountRowsAsync(database.Name, Token), await there.CountRowsAsync(database.Name, Token));
        await _server.SqlAsync($"DROP ROLE {role};");
    }
}

public sealed class MariaDbBackupTests(MariaDbFixture server) : DatabaseBackupTests(server), IClassFixture<MariaDbFixture>;
