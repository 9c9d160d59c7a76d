using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Migrations;

/// <summary>The update is killed by a real SIGKILL while its command migrates: whoever goes on finds the command, and nothing is applied twice.</summary>
public sealed class KilledCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Resume_takes_what_became_of_it(bool endsBefore)
    {
        Needs.Parts(Part.Postgres);
        await using var app = await KilledAsync();
        if (endsBefore)
        {
            await File.WriteAllTextAsync(app.Note("gate"), "", Token);
            await Until.TrueAsync(async () => await app.SqlAsync("SELECT max(version) FROM _sqlx_migrations") == "40", TimeSpan.FromMinutes(1), "the command's end", Token);
        }

        var resume = ResumeAsync(app);
        await File.WriteAllTextAsync(app.Note("gate"), "", Token);
        var result = await resume;

        Assert.True(result is { Status: UpdateStatus.Kept, Resumed: true }, Outcomes.Describe(result));
        Assert.Equal("1.1.0", await app.VersionAsync());
        Assert.Equal("Applied: 40 (titles).", Assert.Single(result.Findings, f => f.ErrorId == ErrorIds.MigrationsApplied).Message);
        Assert.Equal("40", await app.SqlAsync("SELECT max(version) FROM _sqlx_migrations"));
        Assert.Single(Runs(app));
        RunByCommandTests.AssertNothingLeft(app);
    }

    [Fact]
    public async Task Undo_ends_it_and_nothing_of_it_goes_on()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await KilledAsync();

        var undone = await new UndoUpdate(app.Session).RunAsync(new UndoOptions { Name = app.DefinitionPath }, Token);

        Assert.True(undone.Status == UpdateStatus.Undone, Outcomes.Describe(undone));
        Assert.False(ProcessIdentity.Lives(int.Parse(Assert.Single(Runs(app)))));
        Assert.Equal("39", await app.SqlAsync("SELECT max(version) FROM _sqlx_migrations"));
        Assert.Equal("1.0.0", await app.VersionAsync());
        RunByCommandTests.AssertNothingLeft(app);
    }

    /// <summary>What it would commit while a person thinks about the data would be neither in the answer nor in the backup.</summary>
    [Fact]
    public async Task Undo_ends_it_before_it_asks_about_the_data()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await KilledAsync();
        await app.SqlAsync("CREATE TABLE half_way (id INT)");
        var running = int.Parse(Assert.Single(Runs(app)));
        Assert.True(ProcessIdentity.Lives(running));

        var asked = await new UndoUpdate(app.Session).RunAsync(new UndoOptions { Name = app.DefinitionPath, Data = DataPolicy.Restore }, Token);
        Assert.True(asked is { Status: UpdateStatus.Refused, Error.ErrorId: ErrorIds.DataNeedsChoice or ErrorIds.RestoreNeedsConsent }, Outcomes.Describe(asked));
        Assert.False(ProcessIdentity.Lives(running));

        var undone = await new UndoUpdate(app.Session).RunAsync(new UndoOptions { Name = app.DefinitionPath, Data = DataPolicy.Restore, Force = true }, Token);
        Assert.True(undone.Status == UpdateStatus.Undone, Outcomes.Describe(undone));
        Assert.Equal("1.0.0", await app.VersionAsync());
        Assert.Equal("39", await app.SqlAsync("SELECT max(version) FROM _sqlx_migrations"));
    }

    /// <summary>As after a power cut: the command died with everything else.</summary>
    [Fact]
    public async Task A_command_that_died_too_is_run_again_where_its_tool_leaves_out_what_its_table_has()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await KilledAsync();
        await app.SqlAsync("INSERT INTO _sqlx_migrations VALUES (139, 'by somebody', now(), TRUE, '', 1)");
        await Command.OutputAsync("kill", "-9", "--", $"-{await SessionAsync(app)}");

        await File.WriteAllTextAsync(app.Note("gate"), "", Token);
        var result = await ResumeAsync(app);

        Assert.True(result.Status == UpdateStatus.Kept, Outcomes.Describe(result));
        Assert.Equal(2, Runs(app).Length);
        Assert.Equal("38\n39\n40\n139", await app.SqlAsync("SELECT version FROM _sqlx_migrations ORDER BY version"));
        RunByCommandTests.AssertNothingLeft(app);
    }

    [Fact]
    public async Task A_command_that_died_too_waits_for_a_person_where_the_schema_moved_and_no_tool_is_known()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await KilledAsync("query: \"SELECT version FROM _sqlx_migrations\"");
        await Command.OutputAsync("kill", "-9", "--", $"-{await SessionAsync(app)}");
        await app.SqlAsync("CREATE TABLE half_way (id INT)");
        await File.WriteAllTextAsync(app.Note("gate"), "", Token);

        var asked = await ResumeAsync(app);
        Assert.True(asked is { Status: UpdateStatus.NeedsAttention, Error.ErrorId: ErrorIds.StepUncertain }, Outcomes.Describe(asked));
        Assert.Single(Runs(app));

        var forced = await ResumeAsync(app, force: true);
        Assert.True(forced.Status == UpdateStatus.Kept, Outcomes.Describe(forced));
        Assert.Equal(2, Runs(app).Length);
        Assert.Equal("40", await app.SqlAsync("SELECT max(version) FROM _sqlx_migrations"));
    }

    private static async Task<SqlxService> KilledAsync(string? tracker = null)
    {
        var app = await RunByCommandTests.StartAsync("before-switch");
        try
        {
            if (tracker is not null)
                await File.WriteAllTextAsync(app.DefinitionPath, (await File.ReadAllTextAsync(app.DefinitionPath, Token)).Replace("table: _sqlx_migrations", tracker, StringComparison.Ordinal), Token);
            app.PublishNext("1.1.0", false, ("040_titles.sql", "ALTER TABLE threads ADD title TEXT;"));
            await RunByCommandTests.WaitInMigrationAsync(app, "1.1.0");
            await ConsoleProcess.KillWhenAsync(() => Runs(app).Length == 1, null, ["update", app.DefinitionPath, "--version", "1.1.0", "--yes", .. app.Folders]);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static Task<UpdateResult> ResumeAsync(SqlxService app, bool force = false) =>
        new ResumeUpdate(app.Session).RunAsync(new ResumeOptions { Name = app.DefinitionPath, Force = force }, Token);

    private static string[] Runs(SqlxService app) => File.Exists(app.Note("reached")) ? File.ReadAllLines(app.Note("reached")) : [];

    /// <summary>The session in which the command was left.</summary>
    private static async Task<string> SessionAsync(SqlxService app) =>
        (await Command.OutputAsync("ps", "-o", "sid=", "-p", Assert.Single(Runs(app)))).Trim();
}
