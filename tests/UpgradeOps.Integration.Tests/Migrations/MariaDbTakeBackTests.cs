using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Databases;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Migrations;

/// <summary>Migrations of a real MariaDB are taken back: it has no transactions for such statements, so a script may stop half way.</summary>
public sealed class MariaDbTakeBackTests(MariaDbFixture server) : IClassFixture<MariaDbFixture>, IDisposable
{
    private readonly TempFolder folder = new("takeback-");
    private readonly string live = Samples.PlainName();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Definition => folder["app.yaml"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_newest_goes_with_its_row_after_a_backup()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var session = await InstallAsync("ALTER TABLE entries DROP COLUMN author");
        var options = new UndoMigrationOptions { Name = Definition, Force = true };

        var plan = await new UndoMigration(session).PlanAsync(options, Token);
        Assert.Contains(plan.Findings, f => f.Message.Contains("ALTER TABLE entries DROP COLUMN author", StringComparison.Ordinal) && f.Message.Contains("DELETE FROM `phinxlog`", StringComparison.Ordinal));
        var result = await new UndoMigration(session).RunAsync(options, Token);

        Assert.True(result.Status == UpdateStatus.Kept, Outcomes.Describe(result));
        Assert.Equal(["20260101000000"], await ColumnAsync("SELECT version FROM phinxlog"));
        Assert.Equal(["id", "note"], await ColumnAsync($"SELECT column_name FROM information_schema.columns WHERE table_schema = '{live}' AND table_name = 'entries' ORDER BY ordinal_position"));

        // What was lost with it is in the backup.
        var restored = await new RestoreBackup(session).RunAsync(new RestoreOptions { Name = Definition, BackupId = Assert.Single(result.BackupIds), Force = true }, Token);
        Assert.True(restored.Status == UpdateStatus.Kept, $"{restored.Status} {restored.Error}");
        Assert.Equal(["somebody"], await ColumnAsync("SELECT author FROM entries"));
        Assert.Equal(["20260101000000", "20260201000000"], await ColumnAsync("SELECT version FROM phinxlog ORDER BY version"));
    }

    [Fact]
    public async Task A_script_that_fails_half_way_is_told_and_the_backup_brings_back_what_it_took()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var session = await InstallAsync("ALTER TABLE entries DROP COLUMN author; ALTER TABLE no_such_table DROP COLUMN x");

        var result = await new UndoMigration(session).RunAsync(new UndoMigrationOptions { Name = Definition, Force = true }, Token);

        Assert.True(result is { Status: UpdateStatus.NeedsAttention, Error.ErrorId: ErrorIds.DataNeedsChoice }, Outcomes.Describe(result));
        Assert.Contains("no_such_table", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(["id", "note"], await ColumnAsync($"SELECT column_name FROM information_schema.columns WHERE table_schema = '{live}' AND table_name = 'entries' ORDER BY ordinal_position"));
        Assert.Equal(["20260101000000", "20260201000000"], await ColumnAsync("SELECT version FROM phinxlog ORDER BY version"));

        await server.SqlAsync("INSERT INTO entries (note) VALUES ('written meanwhile')", live);
        var undone = await new UndoUpdate(session).RunAsync(new UndoOptions { Name = Definition, Data = DataPolicy.Restore, Force = true }, Token);
        Assert.True(undone.Status == UpdateStatus.Undone, Outcomes.Describe(undone));
        Assert.Equal(["somebody"], await ColumnAsync("SELECT author FROM entries"));
        Assert.Equal(2, undone.BackupIds.Count);
        var aside = Assert.Single(undone.KeptAside, k => k.Kind == "database").Name;
        Assert.Equal(["precious", "written meanwhile"], (await server.Open(aside).QueryAsync("SELECT note FROM entries ORDER BY id", Token)).Select(r => r[0]));

        // And the way is free again.
        await File.WriteAllTextAsync(folder["srv/releases/1.0.0/migrations/20260201000000_add_author.down.sql"], "ALTER TABLE entries DROP COLUMN author", Token);
        var again = await new UndoMigration(session).RunAsync(new UndoMigrationOptions { Name = Definition, Force = true }, Token);
        Assert.True(again.Status == UpdateStatus.Kept, Outcomes.Describe(again));
    }

    private async Task<EngineSession> InstallAsync(string down)
    {
        var migrations = Directory.CreateDirectory(folder["srv/releases/1.0.0/migrations"]).FullName;
        await File.WriteAllTextAsync($"{migrations}/20260101000000_create_entries.php", "<?php // entries");
        await File.WriteAllTextAsync($"{migrations}/20260201000000_add_author.php", "<?php // author");
        await File.WriteAllTextAsync($"{migrations}/20260201000000_add_author.down.sql", down);
        Directory.CreateSymbolicLink(folder["srv/current"], "releases/1.0.0");
        Directory.CreateDirectory(folder["in"]);
        await File.WriteAllTextAsync(folder["password"], DatabaseContainer.Password);
        await server.SqlAsync($"CREATE DATABASE {live};");
        await server.SqlAsync(
            """
            CREATE TABLE phinxlog (version BIGINT NOT NULL PRIMARY KEY, migration_name VARCHAR(100), start_time TIMESTAMP NULL, end_time TIMESTAMP NULL, breakpoint TINYINT(1) NOT NULL DEFAULT 0);
            CREATE TABLE entries (id INT AUTO_INCREMENT PRIMARY KEY, note TEXT, author VARCHAR(100));
            INSERT INTO entries (note, author) VALUES ('precious', 'somebody');
            INSERT INTO phinxlog VALUES (20260101000000, 'CreateEntries', '2026-01-01 00:00:00', '2026-01-01 00:00:01', 0), (20260201000000, 'AddAuthor', '2026-02-01 00:00:00', '2026-02-01 00:00:01', 0);
            """,
            live);
        await File.WriteAllTextAsync(Definition, $$"""
            schema: upgradeops/v1
            name: entries
            platform: { service: { directory: "{{folder["srv"]}}", command: [sh, -c, "sleep 60"] } }
            releases: { folder: "{{folder["in"]}}" }
            databases:
              main: { engine: mariadb, at: { address: {{server.Container.Address}}, port: {{server.Container.Port}} }, name: {{live}}, user: root, password: "file:{{folder["password"]}}" }
            backups: [ { database: main } ]
            migrations: { database: main, table: phinxlog, files: migrations }
            """);
        return new EngineSession(new EngineOptions { ConfigFolder = folder["config"], StateFolder = folder["state"] });
    }

    private async Task<IEnumerable<string?>> ColumnAsync(string sql) => (await server.Open(live).QueryAsync(sql, Token)).Select(r => r[0]);
}
