using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Migrations;

/// <summary>Migrations that a declared command runs, in the new release of a service over a real PostgreSQL.</summary>
public sealed class RunByCommandTests
{
    private const string Titles = "ALTER TABLE threads ADD title TEXT;";
    private const string Broken = "CREATE TABLE owners (id INT); ALTER TABLE no_such_table ADD owner INT;";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Before_the_switch_they_run_while_the_old_version_serves()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await StartAsync("before-switch");
        Assert.Equal("38\n39", await app.SqlAsync("SELECT version FROM _sqlx_migrations ORDER BY version"));
        app.PublishNext("1.1.0", false, ("040_titles.sql", Titles));
        // It waits for the old version to be asked.
        await WaitInMigrationAsync(app, "1.1.0");

        var update = app.UpdateAsync("1.1.0");
        await Until.TrueAsync(() => Task.FromResult(File.Exists(app.Note("reached"))), TimeSpan.FromMinutes(1), "the command", Token);
        Assert.Equal("1.0.0", await app.VersionAsync());
        await File.WriteAllTextAsync(app.Note("gate"), "", Token);
        var result = await update;

        Assert.True(result.Status == UpdateStatus.Kept, Outcomes.Describe(result));
        Assert.Equal(
            ["service.stage", "backup.create", "backup.prove", "data.guard", "migration.run", "service.stop", "service.link", "data.guard", "service.start"],
            result.Steps.Select(s => s.Kind).TakeWhile(k => !k.StartsWith("health.", StringComparison.Ordinal)));
        Assert.Contains(result.Findings, f => f is { ErrorId: ErrorIds.MigrationsApplied, Message: "Applied: 40 (titles)." });
        Assert.Equal("1.1.0", await app.VersionAsync());
        Assert.Contains("applied 40", await File.ReadAllTextAsync(app.StateFile(result.OperationId!, "migration.run-1-output.log"), Token), StringComparison.Ordinal);
        AssertNothingLeft(app);
    }

    [Fact]
    public async Task After_the_switch_they_run_once_the_new_version_was_started_and_before_it_must_be_healthy()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await StartAsync("after-switch");
        app.PublishNext("1.1.0", false, ("040_titles.sql", Titles));

        var result = await app.UpdateAsync("1.1.0");

        Assert.True(result.Status == UpdateStatus.Kept, Outcomes.Describe(result));
        Assert.Equal(["data.guard", "service.start", "migration.run", "health.verify"], result.Steps.Select(s => s.Kind).SkipWhile(k => k != "data.guard").Take(4));
        Assert.Equal("40", await app.SqlAsync("SELECT max(version) FROM _sqlx_migrations"));

        app.PublishNext("1.2.0", false, ("040_titles.sql", Titles), ("041_owners.sql", Broken));
        var undone = await app.UpdateAsync("1.2.0");
        Assert.True(undone is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(undone));
        Assert.Equal("1.1.0", await app.VersionAsync());
        AssertNothingLeft(app);
    }

    [Fact]
    public async Task One_that_fails_is_told_with_the_servers_message_and_a_person_chooses_about_what_was_applied_before_it()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await StartAsync("before-switch");
        app.PublishNext("1.1.0", false, ("040_titles.sql", Titles), ("041_owners.sql", Broken));
        var process = await app.ProcessAsync();

        var result = await app.UpdateAsync("1.1.0");

        Assert.True(result is { Status: UpdateStatus.NeedsAttention, Error.ErrorId: ErrorIds.DataNeedsChoice }, Outcomes.Describe(result));
        const string Cause = "Migration 41 (owners) of chat 1.1.0 failed: relation \"no_such_table\" does not exist.";
        Assert.StartsWith(Cause + " 'sh migrate' ended with exit code 1.", Assert.Single(result.Steps, s => s.Detail is not null).Detail, StringComparison.Ordinal);
        Assert.Contains("applied 40", await File.ReadAllTextAsync(Assert.Single(result.Evidence, e => e.EndsWith("evidence-migrations.log", StringComparison.Ordinal)), Token), StringComparison.Ordinal);
        Assert.Contains(result.Evidence, e => e.EndsWith("evidence-migrations.json", StringComparison.Ordinal));
        await app.SqlAsync("INSERT INTO threads VALUES (7, 'since the backup')");

        // The old version was never stopped, and is stopped for the restore alone.
        Assert.Equal(process, await app.ProcessAsync());
        var undone = await new UndoUpdate(app.Session).RunAsync(new UndoOptions { Name = app.DefinitionPath, Data = DataPolicy.Restore, Force = true }, Token);
        Assert.True(undone is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(undone));
        Assert.Equal("38\n39", await app.SqlAsync("SELECT version FROM _sqlx_migrations ORDER BY version"));
        Assert.Equal("id", await app.SqlAsync("SELECT column_name FROM information_schema.columns WHERE table_name = 'threads'"));
        Assert.Equal("since the backup", await app.Server.SqlAsync("SELECT title FROM threads", Assert.Single(undone.KeptAside).Name));
        Assert.Equal("1.0.0", await app.VersionAsync());
        Assert.Equal(2, undone.BackupIds.Count);
        var bad = Assert.Single((await new GetStatus(app.Session).RunAsync(app.DefinitionPath, Token)).KnownBad);
        Assert.Equal(("1.1.0", ErrorIds.MigrationFailed), (bad.Version, bad.ErrorId));
        AssertNothingLeft(app);
    }

    [Theory]
    [InlineData("keep")]
    [InlineData("restore")]
    public async Task The_rule_of_onFailure_decides_where_it_is_declared(string data)
    {
        Needs.Parts(Part.Postgres);
        await using var app = await StartAsync("before-switch", $"onFailure: {{ data: {data} }}");
        app.PublishNext("1.1.0", false, ("040_titles.sql", Titles), ("041_owners.sql", Broken));

        var result = await app.UpdateAsync("1.1.0");

        Assert.True(result is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(result));
        Assert.Equal(data == "keep" ? "40" : "39", await app.SqlAsync("SELECT max(version) FROM _sqlx_migrations"));
        Assert.Equal("1.0.0", await app.VersionAsync());
        // With restore nobody may write after the backup: the old version was stopped before it.
        Assert.Equal(data == "restore", result.OutageSeconds > 0);
        AssertNothingLeft(app);
    }

    [Fact]
    public async Task A_version_that_fails_later_takes_its_migrations_back_with_the_data()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await StartAsync("before-switch", "onFailure: { data: restore }");
        app.PublishNext("1.1.0", false, ("040_titles.sql", Titles));
        await File.WriteAllTextAsync(app.ReleaseFile("1.1.0", "run"), "exit 3", Token);

        var result = await app.UpdateAsync("1.1.0");

        Assert.True(result.Status == UpdateStatus.Undone, Outcomes.Describe(result));
        Assert.Equal("39", await app.SqlAsync("SELECT max(version) FROM _sqlx_migrations"));
        Assert.Equal("1.0.0", await app.VersionAsync());
        Assert.Single(result.KeptAside);
    }

    [Fact]
    public async Task A_command_that_does_not_end_or_that_is_not_there_fails_the_update_and_leaves_nothing()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await StartAsync("before-switch", more: ", timeout: 2s");
        app.PublishNext("1.1.0", false, ("040_titles.sql", Titles));
        await File.WriteAllTextAsync(app.ReleaseFile("1.1.0", "migrate"), $"echo $$ > {app.Note("pid")}; echo still at it; sleep 600; :", Token);

        var late = await app.UpdateAsync("1.1.0");
        Assert.True(late is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(late));
        Assert.Contains("'sh migrate' did not end within 2 s", late.Error!.Message, StringComparison.Ordinal);
        Assert.False(ProcessIdentity.Lives(int.Parse(await File.ReadAllTextAsync(app.Note("pid"), Token))));
        AssertNothingLeft(app);

        await File.WriteAllTextAsync(app.DefinitionPath, (await File.ReadAllTextAsync(app.DefinitionPath, Token)).Replace("[sh, migrate]", "[bin/migrate]", StringComparison.Ordinal), Token);
        app.PublishNext("1.2.0", false);
        var missing = await app.UpdateAsync("1.2.0");
        Assert.True(missing is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(missing));
        Assert.Contains("'bin/migrate' ended with exit code 127", missing.Error!.Message, StringComparison.Ordinal);
        AssertNothingLeft(app);
    }

    [Fact]
    public async Task Alone_they_run_for_the_version_that_is_installed_after_a_backup_and_the_plan_lists_them()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await StartAsync("on-start", "quiesce: stop");
        var run = new RunMigrations(app.Session);
        Assert.Equal("0", await app.SqlAsync("SELECT count(*) FROM pg_tables WHERE tablename = '_sqlx_migrations'"));

        var plan = await run.PlanAsync(app.DefinitionPath, Token);
        Assert.Contains(plan.Findings, f => f is { ErrorId: ErrorIds.MigrationsPending, Message: "Pending: 038 (init), 039 (threads)." });
        Assert.Equal("0", await app.SqlAsync("SELECT count(*) FROM pg_tables WHERE tablename = '_sqlx_migrations'"));

        var result = await run.RunAsync(app.DefinitionPath, Token);
        Assert.True(result is { Status: UpdateStatus.Kept, Kind: OperationKind.Migration, OutageSeconds: > 0 }, Outcomes.Describe(result));
        Assert.Equal("38\n39", await app.SqlAsync("SELECT version FROM _sqlx_migrations ORDER BY version"));
        Assert.Single(result.BackupIds);
        Assert.Equal("1.0.0", await app.VersionAsync());
        Assert.Equal(UpdateStatus.NothingToDo, (await run.RunAsync(app.DefinitionPath, Token)).Status);

        await File.WriteAllTextAsync(app.InstalledFile("1.0.0", "migrations/041_owners.sql"), Broken, Token);
        var failed = await run.RunAsync(app.DefinitionPath, Token);
        Assert.True(failed is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(failed));
        Assert.StartsWith("Migration 41 (owners) of chat 1.0.0 failed: relation \"no_such_table\" does not exist.", failed.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("1.0.0", await app.VersionAsync());
        var history = await new GetHistory(app.Session).RunAsync(app.DefinitionPath, Token);
        Assert.Equal([(OperationKind.Migration, UpdateStatus.Undone), (OperationKind.Migration, UpdateStatus.Kept)], history.Take(2).Select(h => (h.Kind, h.Status!.Value)));
        AssertNothingLeft(app);
    }

    internal static async Task<SqlxService> StartAsync(string run, string extra = "", string more = "")
    {
        var app = await SqlxService.StartAsync($", run: {run}, command: [sh, migrate]{more}", extra, atStart: false);
        return app;
    }

    /// <summary>Makes a release's command say that it was begun, and wait for a file <c>gate</c>.</summary>
    internal static async Task WaitInMigrationAsync(SqlxService app, string version)
    {
        var script = await File.ReadAllTextAsync(app.ReleaseFile(version, "migrate"), Token);
        await File.WriteAllTextAsync(app.ReleaseFile(version, "migrate"), $"""
            echo $$ >> {app.Note("reached")}; n=0; until [ -e {app.Note("gate")} ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n + 1)); done
            {script}
            """, Token);
    }

    /// <summary>Of the command: neither a process nor a folder.</summary>
    internal static void AssertNothingLeft(SqlxService app) => Assert.Equal(["app.pid"], Directory.GetFileSystemEntries(app.Service("run")).Select(Path.GetFileName));
}
