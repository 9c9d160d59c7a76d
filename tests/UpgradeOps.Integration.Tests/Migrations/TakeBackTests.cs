using System.Text;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Migrations;

/// <summary>The newest migration of a real database is taken back, or refused with the reason.</summary>
public sealed class TakeBackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_goes_with_its_row_after_a_backup_and_the_plan_shows_the_sql()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await ThreadsApp.StartAsync();
        var undo = new UndoMigration(app.Session);
        var options = new UndoMigrationOptions { Name = app.Path, Release = "1.1.0", Force = true };
        await app.SqlAsync("INSERT INTO threads VALUES (1, 'precious')");

        var plan = await undo.PlanAsync(options, Token);
        Assert.Contains(plan.Findings, f => f.Message.Contains("ALTER TABLE threads DROP title", StringComparison.Ordinal) && f.Message.Contains("DELETE FROM", StringComparison.Ordinal));
        Assert.Equal("3", await app.SqlAsync("SELECT count(*) FROM _sqlx_migrations"));
        var refused = await undo.RunAsync(options with { Force = false }, Token);
        Assert.Equal((UpdateStatus.Refused, ErrorIds.MigrationNeedsConsent), (refused.Status, refused.Error!.ErrorId));

        var result = await undo.RunAsync(options, Token);
        Assert.True(result.Status == UpdateStatus.Kept, $"{result.Status} {result.Error}");
        Assert.Equal("38\n39", await app.SqlAsync("SELECT version FROM _sqlx_migrations ORDER BY version"));
        Assert.Equal("id", await app.SqlAsync("SELECT column_name FROM information_schema.columns WHERE table_name = 'threads'"));
        var history = await new GetHistory(app.Session).RunAsync(app.Path, Token);
        Assert.Equal([(OperationKind.MigrationUndo, UpdateStatus.Kept), (OperationKind.MigrationUndo, UpdateStatus.Refused)], history.Select(h => (h.Kind, h.Status!.Value)));

        // What was lost with it is in the backup.
        var backup = Assert.Single(result.BackupIds);
        var look = await new RestoreBackup(app.Session).RunAsync(new RestoreOptions { Name = app.Path, BackupId = backup, Force = true }, Token);
        Assert.True(look.Status == UpdateStatus.Kept, $"{look.Status} {look.Error}");
        Assert.Equal("precious", await app.SqlAsync("SELECT title FROM threads"));
    }

    [Fact]
    public async Task A_script_that_fails_leaves_everything_as_it_was()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await ThreadsApp.StartAsync();
        await app.ChangeFileAsync("1.1.0", "040_thread_titles.down.sql", "DROP TABLE threads; ALTER TABLE no_such_table ADD x INT;");

        var result = await new UndoMigration(app.Session).RunAsync(new UndoMigrationOptions { Name = app.Path, Release = "1.1.0", Force = true }, Token);

        Assert.True(result.Status == UpdateStatus.Undone, $"{result.Status} {result.Error}");
        Assert.Contains("no_such_table", result.Error!.Message);
        Assert.Equal("3", await app.SqlAsync("SELECT count(*) FROM _sqlx_migrations"));
        Assert.Equal("0", await app.SqlAsync("SELECT count(*) FROM threads"));
    }

    [Fact]
    public async Task What_cannot_be_taken_back_is_refused_with_the_reason()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await ThreadsApp.StartAsync();
        var undo = new UndoMigration(app.Session);
        var options = new UndoMigrationOptions { Name = app.Path, Release = "1.1.0", Force = true };

        // An older one.
        Assert.Equal(ErrorIds.MigrationNotNewest, (await undo.RunAsync(options with { Version = "39" }, Token)).Error!.ErrorId);
        // One that is not there.
        Assert.Equal(ErrorIds.MigrationNotApplied, (await Assert.ThrowsAsync<AppException>(() => undo.PlanAsync(options with { Version = "77" }, Token))).ErrorId);
        // The release that runs does not know it.
        Assert.Equal(ErrorIds.MigrationIrreversible, (await undo.RunAsync(options with { Release = null }, Token)).Error!.ErrorId);
        // A transaction of its own, a way out of the database.
        Assert.Equal(ErrorIds.MigrationScriptUnfit, (await Assert.ThrowsAsync<AppException>(() => undo.PlanAsync(options with { Script = "DROP TABLE threads;\nCOMMIT;"u8.ToArray() }, Token))).ErrorId);
        var reaching = await undo.RunAsync(options with { Script = "\\! touch /tmp/upgradeops-reached"u8.ToArray() }, Token);
        Assert.True(reaching.Status == UpdateStatus.Undone, $"{reaching.Status} {reaching.Error}");
        Assert.False(File.Exists("/tmp/upgradeops-reached"));

        Assert.Equal("3", await app.SqlAsync("SELECT count(*) FROM _sqlx_migrations"));

        // The oldest has no script; the answer says what it did.
        await app.SqlAsync("DELETE FROM _sqlx_migrations WHERE version > 38");
        var none = (await undo.RunAsync(options, Token)).Error!;
        Assert.Equal(ErrorIds.MigrationIrreversible, none.ErrorId);
        Assert.Contains("CREATE TABLE users", none.Message);
        // A person knows better.
        var own = await undo.RunAsync(options with { Script = Encoding.UTF8.GetBytes("DROP TABLE users"), ScriptName = "mine.sql" }, Token);
        Assert.True(own.Status == UpdateStatus.Kept, $"{own.Status} {own.Error}");
        Assert.Equal(UpdateStatus.NothingToDo, (await undo.RunAsync(options, Token)).Status);
    }
}
