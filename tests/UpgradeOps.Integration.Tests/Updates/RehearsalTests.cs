using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Migrations;

namespace UpgradeOps.Integration.Updates;

/// <summary>An update is tried on a restored copy of a real database, beside a service that is watched the whole time.</summary>
public sealed class RehearsalTests
{
    private const string Rehearse = """
        rehearse: { environment: { LISTEN: "{port}", DATABASE: "{database}" } }
        """;

    private const string Smoke = """
        smoke:
          - { name: version, http: "§health", json: { version: "*" }, capture: { v: version } }
          - { name: release file, command: [./check, www/health], environment: { ASKED: "§health" }, output: '"${v}"' }
          - { name: titles, sql: "SELECT count(*) FROM threads WHERE title = 'none'", database: main, expect: "500" }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_that_works_passes_with_its_times_and_rows_and_the_live_application_is_not_touched(bool remote)
    {
        NeedsParts(remote);
        await using var app = await StartAsync(remote);
        await File.AppendAllTextAsync(app.DefinitionPath, "\n" + Smoke.Replace("§", app.Url, StringComparison.Ordinal) + "\nquiesce: stop\n", Token);
        Publish(app, "1.1.0");
        await using var watch = await ServiceWatch.StartAsync(app);

        var report = await RunAsync(app, "1.1.0");

        await watch.AssertUntouchedAsync();
        Assert.True(report.Passed, report.Reason);
        Assert.Equal(("1.0.0", "1.1.0"), (report.From, report.To));
        Assert.Equal(
            ["backup.create", "backup.prove", "service.stage", "service.stop", "service.link", "data.guard", "service.start", "health.verify", "health.smoke"],
            report.Steps.Select(s => s.Kind).Where(k => k != "service.keep"));
        Assert.All(report.Steps, s => Assert.Equal(StepOutcome.Done, s.Outcome));
        Assert.True(report.EstimatedOutageSeconds > 0 && report.EstimatedSeconds > report.EstimatedOutageSeconds, $"{report.EstimatedOutageSeconds} of {report.EstimatedSeconds} s");
        Assert.Equal(["public._sqlx_migrations: 2 -> 4", "public.owners: none -> 3"], report.Changed.Select(t => t.ToString()));
        Assert.Equal(2, report.UnchangedTables);
        Assert.DoesNotContain(report.Findings, f => f.Severity == FindingSeverity.Blocker);
        var history = (await new GetHistory(app.Session).RunAsync(app.DefinitionPath, Token))[0];
        Assert.Equal((OperationKind.Rehearsal, UpdateStatus.Kept), (history.Kind, history.Status));
        Assert.Equal(report.BackupId, Assert.Single(history.BackupIds));
        await AssertNothingLeftAsync(app);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_would_fail_is_told_and_the_live_application_is_not_touched(bool remote)
    {
        NeedsParts(remote);
        await using var app = await StartAsync(remote);
        app.PublishNext("1.1.0", true, ("040_titles.sql", "DELETE FROM threads WHERE id > 490;"), ("041_owners.sql", "ALTER TABLE no_such_table ADD x INT;"));
        await using var watch = await ServiceWatch.StartAsync(app);

        var report = await RunAsync(app, "1.1.0");
        Assert.False(report.Passed);
        Assert.Equal(ErrorIds.MigrationFailed, report.Error!.ErrorId);
        Assert.StartsWith("Migration 41 (owners) of chat 1.1.0 failed: relation \"no_such_table\" does not exist.", report.Reason, StringComparison.Ordinal);
        Assert.Null(report.EstimatedOutageSeconds);
        Assert.Contains(report.Findings, f => f.ErrorId == ErrorIds.RehearsalRowsGone && f.Message.Contains("public.threads: 500 -> 490", StringComparison.Ordinal));
        Assert.NotEmpty(app.StateFile(report.OperationId!, "evidence-app.log"));

        // The definition counts: a smoke test that asks somebody else is not run, a backup that must be proved is.
        await File.AppendAllTextAsync(app.DefinitionPath, "\nprove: restore\nsmoke: [ { name: elsewhere, http: \"http://127.0.0.1:1/\" }, { name: after, sql: \"SELECT FALSE\", database: main } ]\n", Token);
        Publish(app, "1.2.0");
        var other = await RunAsync(app, "1.2.0");
        Assert.True(other.Passed, other.Reason);
        Assert.Contains(other.Findings, f => f is { ErrorId: ErrorIds.RehearsalIncomplete } && f.Message.Contains("elsewhere, after", StringComparison.Ordinal));

        await watch.AssertUntouchedAsync();
        // A version that failed on the copy did not fail here.
        Assert.Empty((await new GetStatus(app.Session).RunAsync(app.DefinitionPath, Token)).KnownBad);
        await AssertNothingLeftAsync(app);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_command_migrates_the_copy_and_a_folder_of_the_users_own_is_not_touched(bool remote)
    {
        NeedsParts(remote);
        await using var app = await SqlxService.StartAsync(", run: before-switch, command: [sh, migrate]", Rehearse, atStart: false, remote);
        await app.SqlAsync("INSERT INTO threads VALUES (1)");
        Publish(app, "1.1.0", atStart: false);
        var own = app.Service("rehearsal/score.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(own)!);
        await File.WriteAllTextAsync(own, "first act", Token);
        var refused = await Assert.ThrowsAsync<AppException>(() => RunAsync(app, "1.1.0"));
        Assert.Equal(ErrorIds.RehearsalFolderTaken, refused.ErrorId);
        Assert.Equal("first act", await File.ReadAllTextAsync(own, Token));
        Directory.Delete(Path.GetDirectoryName(own)!, recursive: true);
        await using var watch = await ServiceWatch.StartAsync(app);

        var report = await RunAsync(app, "1.1.0");

        Assert.True(report.Passed, report.Reason);
        Assert.Contains(report.Steps, s => s.Kind == "migration.run");
        Assert.Contains("public.owners: none -> 3", report.Changed.Select(t => t.ToString()));
        await watch.AssertUntouchedAsync();
        await AssertNothingLeftAsync(app);
    }

    [Fact]
    public async Task What_is_missing_is_made_in_the_copy_and_not_in_the_live_folder()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await StartAsync();
        await File.AppendAllTextAsync(app.DefinitionPath, "\ngenerate: [ { variable: TOKEN, env-file: shared/.env, random: hex }, { key: ed25519, private: secrets/own.pem, public: secrets/open.pem } ]\n", Token);
        Publish(app, "1.1.0");
        await using var watch = await ServiceWatch.StartAsync(app);
        var report = await RunAsync(app, "1.1.0");
        await watch.AssertUntouchedAsync();
        Assert.True(report.Passed, report.Reason);
        Assert.False(File.Exists(app.Service("shared/.env")) || File.Exists(app.Service("secrets/own.pem")));
    }

    [Theory]
    [InlineData("rehearse", false)]
    [InlineData("undo", false)]
    [InlineData("resume", false)]
    [InlineData("rehearse", true)]
    [InlineData("undo", true)]
    public async Task Killed_in_the_middle_what_it_left_is_found_and_removed(string next, bool remote)
    {
        NeedsParts(remote);
        await using var app = await StartAsync(remote);
        Publish(app, "1.1.0");
        await using var watch = await ServiceWatch.StartAsync(app);
        var pid = app.Service("rehearsal/run/app.pid");
        await ConsoleProcess.KillWhenAsync(() => File.Exists(pid), app.Variables, ["rehearse", app.DefinitionPath, "--version", "1.1.0", .. app.Folders]);
        await Until.TrueAsync(() => Task.FromResult(File.Exists(pid) && File.ReadAllText(pid).Contains("pid=", StringComparison.Ordinal)), TimeSpan.FromSeconds(30), "the copy", Token);
        var copy = (await File.ReadAllLinesAsync(pid, Token)).First(l => l.StartsWith("pid=", StringComparison.Ordinal))["pid=".Length..];

        // An update does not go over it.
        var refused = await app.UpdateAsync("1.1.0");
        Assert.Equal((UpdateStatus.Refused, ErrorIds.OperationPending), (refused.Status, refused.Error!.ErrorId));
        switch (next)
        {
            case "rehearse":
                Assert.True((await RunAsync(app, "1.1.0")).Passed);
                break;
            case "undo":
                Assert.Equal(UpdateStatus.Undone, (await new UndoUpdate(app.Session).RunAsync(new UndoOptions { Name = app.DefinitionPath }, Token)).Status);
                break;
            default:
                Assert.Equal(UpdateStatus.Kept, (await new ResumeUpdate(app.Session).RunAsync(new ResumeOptions { Name = app.DefinitionPath }, Token)).Status);
                break;
        }

        Assert.False(ProcessIdentity.Lives(int.Parse(copy)));
        await watch.AssertUntouchedAsync();
        await AssertNothingLeftAsync(app);
        var update = await app.UpdateAsync("1.1.0");
        Assert.True(update.Status == UpdateStatus.Kept, Outcomes.Describe(update));
    }

    private static void NeedsParts(bool remote) => Needs.Parts(remote ? [Part.Postgres, Part.Ssh] : [Part.Postgres]);

    private static async Task<SqlxService> StartAsync(bool remote = false)
    {
        var app = await SqlxService.StartAsync(extra: Rehearse, remote: remote);
        await app.SqlAsync("INSERT INTO threads SELECT generate_series(1, 500); INSERT INTO users SELECT generate_series(1, 20)");
        return app;
    }

    private static void Publish(SqlxService app, string version, bool atStart = true) => app.PublishNext(
        version, atStart,
        ("040_titles.sql", "ALTER TABLE threads ADD title TEXT NOT NULL DEFAULT 'none';"), ("041_owners.sql", "CREATE TABLE owners (id INT); INSERT INTO owners VALUES (1), (2), (3);"));

    private static Task<RehearsalReport> RunAsync(SqlxService app, string version) =>
        new RehearseUpdate(app.Session).RunAsync(new UpdateOptions { Name = app.DefinitionPath, Version = version }, Token);

    private static async Task AssertNothingLeftAsync(SqlxService app)
    {
        Assert.False(Directory.Exists(app.Service("rehearsal")));
        Assert.False(Directory.Exists(Path.Combine(app.Folder, "state", "chat", "rehearsal")));
        Assert.Equal("chat", await app.Server.SqlAsync("SELECT datname FROM pg_database WHERE datname LIKE 'chat%'"));
    }
}
