using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations;

namespace UpgradeOps.Engine.Tests.Migrations;

public sealed class SchemaProbeTests
{
    private readonly FakeDatabase _database = new("mariadb");

    [Fact]
    public async Task Phinx_tells_versions_titles_times_and_what_did_not_end()
    {
        Table(_database, "phinxlog", ["version", "migration_name", "start_time", "end_time", "breakpoint"],
            ["20260219030000", "AddUsers", "2026-02-19 03:00:00", "2026-02-19 03:00:01", "0"],
            ["20251101000000", "Start", "2025-11-01 00:00:00", "2025-11-01 00:00:02", "0"],
            ["20260301000000", "Broken", "2026-03-01 00:00:00", null, "0"]);

        var state = await ReadAsync("phinxlog");

        Assert.Equal(["20251101000000", "20260219030000", "20260301000000"], state.Migrations.Select(m => m.Version));
        Assert.Equal([MigrationState.Applied, MigrationState.Applied, MigrationState.Failed], state.Migrations.Select(m => m.State));
        Assert.Equal(("kmp", "AddUsers", new DateTimeOffset(2026, 2, 19, 3, 0, 1, TimeSpan.Zero)), (state.Migrations[1].Name, state.Migrations[1].Title, state.Migrations[1].AppliedAt));
        Assert.Empty(state.Findings);
        Assert.Equal(("main", "phinxlog", 64), (state.Database, state.Tracker, state.Fingerprint.Length));
    }

    [Theory]
    [InlineData("postgresql", "t", "f")]
    [InlineData("mariadb", "1", "0")]
    public async Task Sqlx_tells_failed_ones(string engine, string yes, string no)
    {
        var database = new FakeDatabase(engine);
        Table(database, "_sqlx_migrations", ["version", "description", "installed_on", "success", "checksum", "execution_time"],
            ["9", "nine", "2026-02-19 03:00:00.5+00", yes, "aa", "1"],
            ["10", "ten", "2026-02-19 03:00:01.123456+02", no, "bb", "1"]);

        var state = await ReadAsync("_sqlx_migrations", database);

        Assert.Equal([("9", "nine", MigrationState.Applied), ("10", "ten", MigrationState.Failed)], state.Migrations.Select(m => (m.Version, m.Title!, m.State)));
        Assert.Equal(new DateTimeOffset(2026, 2, 19, 1, 0, 1, TimeSpan.Zero), state.Migrations[1].AppliedAt!.Value.AddTicks(-1234560));
    }

    [Fact]
    public async Task Entity_framework_tells_its_ids()
    {
        Table(_database, "__EFMigrationsHistory", ["MigrationId", "ProductVersion"], ["20240101120000_Initial_Create", "8.0.0"], ["odd", "8.0.0"]);
        var state = await ReadAsync("__EFMigrationsHistory");
        Assert.Equal([("20240101120000", "Initial_Create"), ("odd", null)], state.Migrations.Select(m => (m.Version, m.Title)));
    }

    [Fact]
    public async Task Flyway_tells_scripts_of_repeatable_ones_and_not_its_own_marks()
    {
        Table(_database, "flyway_schema_history",
            ["installed_rank", "version", "description", "type", "script", "checksum", "installed_by", "installed_on", "execution_time", "success"],
            ["0", null, "<< Flyway Schema Creation >>", "SCHEMA", "x", null, "a", "2026-01-01 00:00:00", "1", "1"],
            ["1", "1.2", "one", "SQL", "V1_2__one.sql", "123", "a", "2026-01-01 00:00:00", "1", "1"],
            ["2", null, "views", "SQL", "R__views.sql", "-5", "a", "2026-01-01 00:00:00", "1", "0"]);
        var state = await ReadAsync("flyway_schema_history");
        Assert.Equal([("1.2", MigrationState.Applied), ("R__views.sql", MigrationState.Failed)], state.Migrations.Select(m => (m.Version, m.State)));
    }

    [Theory]
    [InlineData("0", MigrationState.Applied)]
    [InlineData("1", MigrationState.Failed)]
    public async Task Golang_migrate_tells_its_place_and_whether_it_is_dirty(string dirty, MigrationState expected)
    {
        Table(_database, "schema_migrations", ["version", "dirty"], ["42", dirty]);
        Assert.Equal(("42", expected), (await ReadAsync("schema_migrations")).Migrations.Select(m => (m.Version, m.State)).Single());
    }

    [Fact]
    public async Task An_unknown_table_gives_its_first_column_and_a_finding()
    {
        Table(_database, "my_log", ["when", "what"], ["2", "b"], ["1", "a"]);
        var state = await ReadAsync("my_log");
        Assert.Equal(["1", "2"], state.Migrations.Select(m => m.Version));
        var finding = Assert.Single(state.Findings);
        Assert.Equal((FindingSeverity.Warning, ErrorIds.MigrationTrackerUnknown), (finding.Severity, finding.ErrorId));
        Assert.Contains("'when'", finding.Message);
        Assert.NotNull(finding.RecommendedAction);
    }

    [Fact]
    public async Task A_tracker_that_is_not_there_yet_is_empty_and_no_error()
    {
        var state = await ReadAsync("phinxlog");
        Assert.Empty(state.Migrations);
        Assert.Empty(state.Findings);
    }

    [Fact]
    public async Task The_fingerprint_changes_with_migrations_checksums_and_schema_and_with_nothing_else()
    {
        async Task<string> Of(string schema, params string?[][] rows)
        {
            var database = new FakeDatabase("postgresql") { Schema = schema };
            Table(database, "_sqlx_migrations", ["version", "description", "installed_on", "success", "checksum", "execution_time"], rows);
            return (await ReadAsync("_sqlx_migrations", database)).Fingerprint;
        }

        string?[] one = ["1", "one", "2026-01-01 00:00:00+00", "t", "aa", "1"], two = ["2", "two", "2026-01-01 00:00:00+00", "t", "bb", "1"];
        var before = await Of("s", one, two);
        Assert.Equal(before, await Of("s", two, ["1", "one", "2027-01-01 00:00:00+00", "t", "aa", "999"]));
        string[] others = [await Of("s", one), await Of("S", one, two), await Of("s", one, ["2", "two", null, "f", "bb", "1"]), await Of("s", one, ["2", "two", null, "t", "cc", "1"])];
        Assert.Equal(5, others.Append(before).Distinct().Count());
    }

    [Fact]
    public async Task Without_a_declaration_there_is_nothing_to_read()
    {
        Assert.Null(await new SchemaProbe(Definition(null), new Dictionary<string, IDatabase>()).ReadAsync(TestContext.Current.CancellationToken));
        var state = await new SchemaProbe(Definition(new MigrationsDefinition { Database = "main" }), Databases(_database)).ReadAsync(TestContext.Current.CancellationToken);
        Assert.Null(state!.Tracker);
    }

    [Fact]
    public void A_delta_tells_what_was_applied_failed_and_taken_back()
    {
        var delta = MigrationDelta.Between(State("a", ("1", true), ("2", true)), State("b", ("2", true), ("3", true), ("4", false)));
        Assert.Equal(["3"], delta.Applied.Select(m => m.Version));
        Assert.Equal(["4"], delta.Failed.Select(m => m.Version));
        Assert.Equal(["1"], delta.Removed.Select(m => m.Version));
        Assert.True(delta is { Migrated: true, SchemaChanged: true, ChangedUntracked: false });

        Assert.False(MigrationDelta.Between(State("a", ("1", true)), State("a", ("1", true))).Migrated);
        Assert.True(MigrationDelta.Between(State("a", ("1", true)), State("b", ("1", true))).ChangedUntracked);
        Assert.Equal(["2"], MigrationDelta.Between(State("a", ("1", true), ("2", false)), State("a", ("1", true), ("2", true))).Applied.Select(m => m.Version));
    }

    [Fact]
    public void A_place_that_moves_on_was_not_taken_back()
    {
        var on = MigrationDelta.Between(State("a", ("9", true)), State("b", ("10", true)));
        Assert.Equal(["10"], on.Applied.Select(m => m.Version));
        Assert.Empty(on.Removed);
        Assert.Equal(["10"], MigrationDelta.Between(State("a", ("10", true)), State("b", ("9", true))).Removed.Select(m => m.Version));
    }

    private static SchemaState State(string fingerprint, params (string Version, bool Applied)[] migrations) => new()
    {
        Database = "main",
        Fingerprint = fingerprint,
        Migrations = migrations.Select(m => new Migration { Name = "kmp", Version = m.Version, State = m.Applied ? MigrationState.Applied : MigrationState.Failed }).ToList(),
    };

    private static void Table(FakeDatabase database, string name, string[] columns, params string?[][] rows) =>
        database.Tables[name] = (columns, rows.Select(r => columns.Zip(r).ToDictionary(p => p.First, p => p.Second)).ToArray());

    private async Task<SchemaState> ReadAsync(string table, FakeDatabase? database = null) =>
        (await new SchemaProbe(Definition(new MigrationsDefinition { Database = "main", Table = table }), Databases(database ?? _database)).ReadAsync(TestContext.Current.CancellationToken))!;

    private static Dictionary<string, IDatabase> Databases(IDatabase database) => new() { ["main"] = database };

    private static AppDefinition Definition(MigrationsDefinition? migrations) => new()
    {
        Name = "kmp",
        Platform = new PlatformDefinition(),
        Releases = new ReleasesDefinition(),
        Migrations = migrations,
        Path = "/kmp.yaml",
    };
}
