using UpgradeOps.Engine.Migrations.Diagnosis;

namespace UpgradeOps.Engine.Tests.Migrations;

/// <summary>What migration tools write when a migration fails, and what only looks like it.</summary>
public sealed class MigrationWordsTests
{
    public static TheoryData<string, string?, string?, string?> Failures => new()
    {
        // sqlx, by its display and by Rust's own way to write an error
        { "Error: while executing migration 40: error returned from database: relation \"nope\" does not exist", "40", null, "relation \"nope\" does not exist" },
        { "\u001b[31mERROR\u001b[0m chatalot: while executing migrations: error returned from database: syntax error at or near \"FOO\"", null, null, "syntax error at or near \"FOO\"" },
        { "called `Result::unwrap()` on an `Err` value: ExecuteMigration(Database(PgDatabaseError { severity: Error, code: \"42P01\", message: \"relation \\\"nope\\\" does not exist\", detail: None }), 40)", "40", null, "relation \"nope\" does not exist" },
        { "migrations: Execute(Database(PgDatabaseError { severity: Error, code: \"42601\", message: \"syntax error at or near \\\"FOO\\\"\", detail: None }))", null, null, "syntax error at or near \"FOO\"" },
        { "error: migration 6 is partially applied; fix and remove row from `_sqlx_migrations` table", "6", null, "is partially applied; fix and remove row from `_sqlx_migrations` table" },
        // Flyway
        {
            "INFO: Migrating schema \"public\" to version \"2 - add author\"\nMigration V2__add_author.sql failed\n--------\nSQL State  : 42P01\nError Code : 0\nMessage    : ERROR: relation \"nope\" does not exist\n  Position: 13\nLocation   : db/V2__add_author.sql",
            "2", "add_author", "relation \"nope\" does not exist"
        },
        { "ERROR: Migration of schema \"public\" to version \"2.1 - add\" failed! Changes successfully rolled back.", "2.1", "add", null },
        // Phinx: says nothing itself
        {
            " == 20260201000000 AddAuthor: migrating\n == 20260201000000 AddAuthor: migrated 0.0061s\n == 20260401000000 Broken: migrating\nPDOException: SQLSTATE[42S02]: Base table or view not found: 1146 Table 'kmp.nope' doesn't exist in /app/PdoAdapter.php:222",
            "20260401000000", "Broken", "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'kmp.nope' doesn't exist in /app/PdoAdapter.php:222"
        },
        // EF Core
        {
            "      Applying migration '20260401000000_Broken'.\nfail: Microsoft.EntityFrameworkCore.Database.Command[20102]\n      Failed executing DbCommand (3ms) [Parameters=[], CommandType='Text', CommandTimeout='30']\n      ALTER TABLE nope ADD x int;\nUnhandled exception. Npgsql.PostgresException (0x80004005): 42P01: relation \"nope\" does not exist",
            "20260401000000_Broken", null, "42P01: relation \"nope\" does not exist"
        },
        // golang-migrate
        { "error: migration failed: relation \"nope\" does not exist in line 0: ALTER TABLE nope ADD x INT (details: pq: relation \"nope\" does not exist)", null, null, "relation \"nope\" does not exist" },
        { "Read and execute 3/u broken\n2026/01/01 migration failed in line 0: ALTER TABLE nope\n  ADD x INT; (details: Error 1146: Table 'app.nope' doesn't exist)", "3", "broken", "Error 1146: Table 'app.nope' doesn't exist" },
        { "error: Dirty database version 3. Fix and force version.", "3", null, "Dirty database version 3. Fix and force version." },
        // A tool of one's own over the database's client
        { "migrating 20260401000000 Broken\nERROR:  relation \"no_such_table\" does not exist\nmigration 20260401000000 Broken failed", "20260401000000", "Broken", "relation \"no_such_table\" does not exist" },
        { "migrating 7 Broken\nERROR 1146 (42S02) at line 1: Table 'kmp.nope' doesn't exist\nmigration 7 Broken failed", "7", "Broken", "ERROR 1146 (42S02) at line 1: Table 'kmp.nope' doesn't exist" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failure_is_recognised_with_its_version_and_the_servers_message(string log, string? version, string? title, string? message)
    {
        var fault = MigrationWords.Read($"starting\n{log}\nbye".Split('\n'));
        Assert.NotNull(fault);
        Assert.Equal((version, title, message), (fault.Version, fault.Title, fault.Message));
    }

    [Theory]
    [InlineData("starting\nfatal: this release does not start")]
    [InlineData("ERROR:  relation \"sessions\" does not exist")]
    [InlineData(" == 20260401000000 Fine: migrating\n == 20260401000000 Fine: migrated 0.1s\nPDOException: SQLSTATE[HY000] [2002] Connection refused")]
    [InlineData("Applying migration '20260401000000_Fine'.\nDone.\nUnhandled exception. Npgsql.PostgresException (0x80004005): 53300: too many connections")]
    [InlineData("migrating 7 Fine\nmigrating 8 Fine\nlistening")]
    [InlineData("the migration guide is at example.org; migration finished, 0 failed")]
    [InlineData("Successfully applied 3 migrations to schema \"public\", now at version v3")]
    public void Other_words_are_no_failed_migration(string log) => Assert.Null(MigrationWords.Read(log.Split('\n')));

    [Fact]
    public void Of_the_last_migrations_failures_the_first_is_the_cause()
    {
        var other = MigrationWords.Read(
        [
            "Error: while executing migration 40: error returned from database: deadlock detected",
            "starting",
            "Error: while executing migration 41: error returned from database: column \"x\" does not exist",
        ]);
        Assert.Equal(("41", "column \"x\" does not exist"), (other!.Version, other.Message));

        var half = MigrationWords.Read(
        [
            "error: migration failed in line 0: ALTER TABLE a ADD b INT; ALTER TABLE nope ADD c INT (details: Error 1146: Table 'app.nope' doesn't exist)",
            "error: Dirty database version 3. Fix and force version.",
            "error: Dirty database version 3. Fix and force version.",
        ]);
        Assert.Equal(("3", "Error 1146: Table 'app.nope' doesn't exist"), (half!.Version, half.Message));

        var late = MigrationWords.Read(
        [
            "Error: while executing migrations: error communicating with database: Connection refused (os error 111)",
            "Error: while executing migration 40: error returned from database: relation \"nope\" does not exist",
        ]);
        Assert.Equal("relation \"nope\" does not exist", late!.Message);

        string[] start = ["migrating 7 Half", "ERROR 1146 (42S02) at line 1: Table 'nope' doesn't exist", "migration 7 Half failed"];
        string[] again = ["migrating 7 Half", "ERROR 1060 (42S21) at line 1: Duplicate column name 'a'", "migration 7 Half failed"];
        Assert.Equal("ERROR 1146 (42S02) at line 1: Table 'nope' doesn't exist", MigrationWords.Read([.. start, .. again, .. again])!.Message);
        // The same of a tool that does not say that it failed.
        Assert.Equal("ERROR 1146 (42S02) at line 1: Table 'nope' doesn't exist", MigrationWords.Read([.. start[..2], .. again[..2]])!.Message);
    }
}
