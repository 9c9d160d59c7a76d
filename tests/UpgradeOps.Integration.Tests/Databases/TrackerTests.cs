using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations;

namespace UpgradeOps.Integration.Databases;

/// <summary>Trackers as their tools make them, on real servers.</summary>
public sealed class TrackerTests(PostgresFixture postgres, MariaDbFixture mariaDb) : IClassFixture<PostgresFixture>, IClassFixture<MariaDbFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sqlx_is_read_with_its_failed_migration_and_a_changed_schema(bool onPostgres)
    {
        Needs.Parts(DatabaseFixture.Parts);
        DatabaseFixture server = onPostgres ? postgres : mariaDb;
        var live = Samples.PlainName();
        await server.SqlAsync($"CREATE DATABASE {live};");
        var probe = Probe(server.Open(live), "_sqlx_migrations");
        Assert.Empty((await probe.ReadAsync(Token))!.Migrations);

        var (time, bytes, hex) = onPostgres ? ("TIMESTAMPTZ NOT NULL DEFAULT now()", "BYTEA", "'\\xabcd'") : ("TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP", "BLOB", "X'abcd'");
        await server.SqlAsync($"CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on {time}, success BOOLEAN NOT NULL, checksum {bytes} NOT NULL, execution_time BIGINT NOT NULL); INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (20260102, 'second', TRUE, {hex}, 5), (20260101, 'first', TRUE, {hex}, 5);", live);
        var before = (await probe.ReadAsync(Token))!;
        Assert.Equal([("20260101", "first"), ("20260102", "second")], before.Migrations.Select(m => (m.Version, m.Title!)));
        Assert.NotNull(before.Migrations[0].AppliedAt);
        Assert.Equal(before.Fingerprint, (await probe.ReadAsync(Token))!.Fingerprint);

        await server.SqlAsync($"CREATE TABLE users (id INT); INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (20260103, 'third', FALSE, {hex}, 5);", live);
        var delta = MigrationDelta.Between(before, (await probe.ReadAsync(Token))!);
        Assert.Equal(["20260103"], delta.Failed.Select(m => m.Version));
        Assert.True(delta is { SchemaChanged: true, ChangedUntracked: false });
    }

    [Fact]
    public async Task Phinx_is_read_and_rows_do_not_count_for_the_fingerprint()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        await mariaDb.SqlAsync($"CREATE DATABASE {live};");
        await mariaDb.SqlAsync("CREATE TABLE phinxlog (version BIGINT NOT NULL PRIMARY KEY, migration_name VARCHAR(100), start_time TIMESTAMP NULL, end_time TIMESTAMP NULL, breakpoint TINYINT(1) NOT NULL DEFAULT 0); INSERT INTO phinxlog VALUES (20260219030000, 'AddUsers', '2026-02-19 03:00:00', '2026-02-19 03:00:01', 0); CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY);", live);
        var probe = Probe(mariaDb.Open(live), "phinxlog");
        var before = (await probe.ReadAsync(Token))!;
        Assert.Equal([("20260219030000", "AddUsers", MigrationState.Applied)], before.Migrations.Select(m => (m.Version, m.Title!, m.State)));

        await mariaDb.SqlAsync("INSERT INTO users VALUES (NULL), (NULL); UPDATE phinxlog SET end_time = '2027-01-01';", live);
        Assert.False(MigrationDelta.Between(before, (await probe.ReadAsync(Token))!).Migrated);

        await mariaDb.SqlAsync("ALTER TABLE users ADD name TEXT;", live);
        Assert.True(MigrationDelta.Between(before, (await probe.ReadAsync(Token))!).ChangedUntracked);
    }

    [Fact]
    public async Task A_tracker_may_have_capitals_and_stand_in_a_schema()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var live = Samples.PlainName();
        await postgres.SqlAsync($"CREATE DATABASE {live};");
        await postgres.SqlAsync("""CREATE SCHEMA "Odd'Schema"; CREATE TABLE "Odd'Schema"."__EFMigrationsHistory" ("MigrationId" varchar(150) PRIMARY KEY, "ProductVersion" varchar(32) NOT NULL); INSERT INTO "Odd'Schema"."__EFMigrationsHistory" VALUES ('20240101120000_Initial', '8.0.0');""", live);
        var state = (await Probe(postgres.Open(live), "Odd'Schema.__EFMigrationsHistory").ReadAsync(Token))!;
        Assert.Equal([("20240101120000", "Initial")], state.Migrations.Select(m => (m.Version, m.Title!)));
        Assert.Empty((await Probe(postgres.Open(live), "__EFMigrationsHistory").ReadAsync(Token))!.Migrations);
    }

    private static SchemaProbe Probe(IDatabase database, string table) => new(
        new AppDefinition
        {
            Name = "kmp",
            Platform = new PlatformDefinition(),
            Releases = new ReleasesDefinition(),
            Migrations = new MigrationsDefinition { Database = "main", Table = table },
            Path = "/kmp.yaml",
        },
        new Dictionary<string, IDatabase> { ["main"] = database });
}
