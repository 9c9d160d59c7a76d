using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Updates;

/// <summary>An update is tried on a copy behind Docker Compose, beside an installation that is watched the whole time.</summary>
public sealed class ComposeRehearsalTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private const string Rehearse = """
        rehearse: { environment: { DB_NAME: "{database}", DB_USER: kmp, DB_PASSWORD: "${POSTGRES_PASSWORD}" } }
        """;

    private static readonly KmpRelease Next = KmpRelease.V110 with { Version = "v1.4.0", SlowStart = 3 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_that_works_passes_with_its_times_and_rows_and_the_live_installation_is_not_touched(bool remote)
    {
        NeedsParts(remote);
        await registry.Images.PublishAsync(Next);
        await using var app = await RehearsedInstallation.StartAsync(registry.Images, remote);
        await app.AppendAsync(Rehearse, $$"""
            smoke:
              - { name: health, http: "{{app.Stack.Url}}health", json: { version: "v1.4.0" } }
              - { name: migrated, sql: "SELECT count(*) = 2 FROM phinxlog", database: main }
            """);
        await using var watch = await LiveWatch.StartAsync(app);
        var copy = watch.FollowCopyAsync();

        var report = await app.RehearseAsync("v1.4.0");

        Assert.True(report.Passed, Describe(report));
        var seen = await copy;
        await watch.AssertUntouchedAsync();
        Assert.Equal(("v1.0.0", "v1.4.0"), (report.From, report.To));
        Assert.Equal(
            ["backup.create", "backup.prove", "compose.pull", "compose.hold", "data.guard", "compose.start", "health.verify", "health.smoke"], report.Steps.Select(s => s.Kind));
        Assert.All(report.Steps, s => Assert.Equal(StepOutcome.Done, s.Outcome));
        Assert.True(report.EstimatedOutageSeconds > 3 && report.EstimatedSeconds > report.EstimatedOutageSeconds, $"{report.EstimatedOutageSeconds} of {report.EstimatedSeconds} s");
        Assert.Equal(["public.phinxlog: 1 -> 2"], report.Changed.Select(t => t.ToString()));
        Assert.Equal(1, report.UnchangedTables);
        Assert.DoesNotContain(report.Findings, f => f.Severity == FindingSeverity.Blocker);

        // The copy has what the backup has, in a volume of its own, and the networks do not know it by the service's name.
        Assert.Equal("picture", seen.Picture);
        Assert.NotEqual(app.Stack.UploadsVolume, seen.Volume);
        Assert.DoesNotContain("app", seen.Names);
        Assert.DoesNotContain("kmp-front", seen.Names);
        Assert.True(seen.Restart is "" or "no", seen.Restart);
        Assert.DoesNotContain("traefik.http.routers.kmp.rule", seen.Labels);
        Assert.Equal([watch.Address], seen.Addresses.Distinct());
        await app.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_would_fail_is_told_and_the_live_installation_is_not_touched(bool remote)
    {
        NeedsParts(remote);
        await registry.Images.PublishAsync(KmpRelease.V110 with { Version = "v1.5.0", Migrations = [KmpRelease.CreateEntries, KmpRelease.Broken] });
        await registry.Images.PublishAsync(KmpRelease.V110 with { Version = "v1.6.0", Behaviour = KmpBehaviour.Exits });
        await using var app = await RehearsedInstallation.StartAsync(registry.Images, remote);
        await app.AppendAsync(Rehearse, "healthTimeout: 10s");
        await using var watch = await LiveWatch.StartAsync(app);

        var broken = await app.RehearseAsync("v1.5.0");
        Assert.False(broken.Passed);
        Assert.True(broken.Error!.ErrorId == ErrorIds.MigrationFailed, Describe(broken));
        Assert.Contains("no_such_table", broken.Reason, StringComparison.Ordinal);
        Assert.Null(broken.EstimatedOutageSeconds);
        Assert.Contains("no_such_table", app.Evidence(broken, ".log"), StringComparison.Ordinal);

        var exits = await app.RehearseAsync("v1.6.0");
        Assert.True((exits.Passed, exits.Error?.ErrorId) == (false, ErrorIds.InstanceExited), Describe(exits));
        Assert.Contains("exit code 1", exits.Reason, StringComparison.Ordinal);

        var unhealthy = await app.RehearseAsync("v1.2.0");
        Assert.True((unhealthy.Passed, unhealthy.Error?.ErrorId) == (false, ErrorIds.NotHealthy), Describe(unhealthy));
        Assert.Contains("v1.2.0 is not healthy", unhealthy.Reason, StringComparison.Ordinal);

        await watch.AssertUntouchedAsync();
        Assert.Empty((await app.Admin.StatusAsync(app.Stack.DefinitionPath)).KnownBad);
        await app.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Jobs_and_a_migration_command_run_on_the_copy_first_and_what_is_not_rehearsed_is_told()
    {
        Needs.Stack();
        await using var app = await RehearsedInstallation.StartAsync(registry.Images);
        await app.EditComposeAsync(file => file
            .Replace("depends_on: { db: { condition: service_healthy } }", "depends_on: { db: { condition: service_healthy }, prepare: { condition: service_completed_successfully } }", StringComparison.Ordinal)
            .Replace("\nvolumes:", $$"""

                  prepare:
                    image: {{registry.Images.Repository}}:${KMP_IMAGE_TAG:-latest}
                    environment: { DB_NAME: kmp, DB_USER: kmp, DB_PASSWORD: "${POSTGRES_PASSWORD}", JOB: "SELECT 1" }
                    entrypoint: [sh, -c, 'echo " == 20260401000000 Prepare: migrating"; PGPASSWORD="$$DB_PASSWORD" exec psql -X -h db -U "$$DB_USER" -d "$$DB_NAME" -v ON_ERROR_STOP=1 -c "$$JOB"']
                    depends_on: { db: { condition: service_healthy } }
                  worker: { image: "{{registry.Images.Repository}}:${KMP_IMAGE_TAG:-latest}", entrypoint: [sleep, "1000"], stop_grace_period: 0s }
                  cache: { image: "{{registry.Images.Repository}}:v1.0.0", entrypoint: [sleep, "1000"], stop_grace_period: 0s }
                volumes:
                """, StringComparison.Ordinal));
        await app.AppendAsync(Rehearse.Replace("DB_USER: kmp", "DB_USER: kmp, JOB: \"CREATE TABLE prepared AS SELECT 1 AS id\"", StringComparison.Ordinal));
        var definition = await File.ReadAllTextAsync(app.Stack.DefinitionPath, Token);
        await File.WriteAllTextAsync(
            app.Stack.DefinitionPath,
            definition.Replace("run: on-start", """run: before-switch, command: [sh, -c, 'PGPASSWORD="$DB_PASSWORD" psql -X -h db -U kmp -d "$0" -c "CREATE TABLE migrated AS SELECT 1 AS id UNION SELECT 2"', "{database}"]""", StringComparison.Ordinal), Token);
        await using var watch = await LiveWatch.StartAsync(app);

        var report = await app.RehearseAsync("v1.1.0");
        Assert.True(report.Passed, Describe(report));
        Assert.Contains(report.Steps, s => s.Kind == "migration.run");
        Assert.Equal(["public.migrated: none -> 2", "public.phinxlog: 1 -> 2", "public.prepared: none -> 1"], report.Changed.Select(t => t.ToString()));
        Assert.Contains(report.Findings, f => f is { ErrorId: ErrorIds.RehearsalIncomplete, Severity: FindingSeverity.Warning } && f.Message.Contains("worker", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f is { ErrorId: ErrorIds.RehearsalShares, Severity: FindingSeverity.Warning } && f.Message.Contains("cache", StringComparison.Ordinal));
        await app.AssertNothingLeftAsync();

        definition = await File.ReadAllTextAsync(app.Stack.DefinitionPath, Token);
        await File.WriteAllTextAsync(app.Stack.DefinitionPath, definition.Replace("CREATE TABLE prepared AS SELECT 1 AS id", "ALTER TABLE nowhere ADD x INT", StringComparison.Ordinal), Token);
        var failed = await app.RehearseAsync("v1.1.0");
        Assert.True((failed.Passed, failed.Error?.ErrorId) == (false, ErrorIds.MigrationFailed), Describe(failed));
        Assert.Contains("Migration 20260401000000 (Prepare) of", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("relation \"nowhere\" does not exist", failed.Reason, StringComparison.Ordinal);
        await watch.AssertUntouchedAsync();
        await app.AssertNothingLeftAsync();
    }

    /// <summary>As tools are often kept: <c>docker compose run migrate</c> finds it, <c>docker compose up</c> does not.</summary>
    [Fact]
    public async Task Migrations_in_a_service_of_a_profile_run_on_the_copy_and_in_the_update()
    {
        Needs.Stack();
        await using var app = await RehearsedInstallation.StartAsync(registry.Images);
        await app.EditComposeAsync(file => file.Replace("\nvolumes:", $$"""

              migrate:
                image: {{registry.Images.Repository}}:${KMP_IMAGE_TAG:-latest}
                profiles: [tools]
                environment: { DB_NAME: kmp, DB_USER: kmp, DB_PASSWORD: "${POSTGRES_PASSWORD}" }
                depends_on: { db: { condition: service_healthy } }
                volumes: [ "tools:/tools" ]
            volumes:
              tools:
            """, StringComparison.Ordinal));
        await app.AppendAsync(Rehearse);
        var definition = await File.ReadAllTextAsync(app.Stack.DefinitionPath, Token);
        const string command = """PGPASSWORD="$DB_PASSWORD" psql -X -h db -U "$DB_USER" -d "$DB_NAME" -c "CREATE TABLE migrated AS SELECT '$(grep version= /app/kmp.conf)' AS by" """;
        await File.WriteAllTextAsync(
            app.Stack.DefinitionPath, definition.Replace("run: on-start", $"run: before-switch, service: migrate, command: [sh, -c, '{command.Replace("'", "''", StringComparison.Ordinal)}']", StringComparison.Ordinal), Token);
        await using (var watch = await LiveWatch.StartAsync(app))
        {
            var report = await app.RehearseAsync("v1.1.0");
            Assert.True(report.Passed, Describe(report));
            Assert.Equal(["public.migrated: none -> 1", "public.phinxlog: 1 -> 2"], report.Changed.Select(t => t.ToString()));
            await watch.AssertUntouchedAsync();
        }

        await app.AssertNothingLeftAsync();
        var updated = await app.Admin.UpdateAsync(app.Stack.DefinitionPath, version: "v1.1.0");
        Assert.True(updated.Status == UpdateStatus.Kept, Outcomes.Describe(updated));
        Assert.Equal("version=v1.1.0", await app.Stack.SqlAsync("SELECT by FROM migrated"));
    }

    [Fact]
    public async Task What_the_copy_would_share_is_refused_before_anything_is_done()
    {
        Needs.Stack();
        await using var app = await RehearsedInstallation.StartAsync(registry.Images);
        await app.AppendAsync(Rehearse);
        await File.WriteAllTextAsync(Path.Combine(app.Stack.Folder, "more.env"), "REPORTS_URL=postgres://kmp:hidden@db/kmp?sslmode=disable\n", Token);
        await app.EditComposeAsync(file => file.Replace("hostname: app", "env_file: [more.env]", StringComparison.Ordinal), up: false);
        var shared = await Assert.ThrowsAsync<AppException>(() => app.RehearseAsync("v1.1.0"));
        Assert.Equal(ErrorIds.RehearsalShares, shared.ErrorId);
        Assert.Contains("app: environment.REPORTS_URL", shared.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", shared.Message, StringComparison.Ordinal);

        await app.EditComposeAsync(file => file.Replace("env_file: [more.env]", "hostname: app", StringComparison.Ordinal).Replace("kmp-uploads:/data", "./uploads:/data", StringComparison.Ordinal), up: false);
        var bound = await Assert.ThrowsAsync<AppException>(() => app.RehearseAsync("v1.1.0"));
        Assert.Equal(ErrorIds.RehearsalShares, bound.ErrorId);
        Assert.Contains("app: /data", bound.Message, StringComparison.Ordinal);

        await app.EditComposeAsync(file => file.Replace("./uploads:/data", "./uploads:/data:ro", StringComparison.Ordinal).Replace("ports: [\"127.0.0.1:${KMP_PORT}:8080\"]", "expose: [\"8080\"]", StringComparison.Ordinal), up: false);
        var port = await Assert.ThrowsAsync<AppException>(() => app.RehearseAsync("v1.1.0"));
        Assert.Equal(ErrorIds.RehearsalNotDeclared, port.ErrorId);
        Assert.Contains("port:", port.Error.RecommendedAction, StringComparison.Ordinal);

        var env = await File.ReadAllTextAsync(app.Stack.EnvFile, Token);
        await app.AppendAsync("generate: [ { variable: NEW_KEY, random: hex } ]");
        var missing = await Assert.ThrowsAsync<AppException>(() => app.RehearseAsync("v1.1.0"));
        Assert.Equal(ErrorIds.RehearsalIncomplete, missing.ErrorId);
        Assert.Contains("NEW_KEY", missing.Message, StringComparison.Ordinal);
        Assert.Equal(env, await File.ReadAllTextAsync(app.Stack.EnvFile, Token));
        Assert.Empty(app.Admin.Journals(app.Stack.Project));
        await app.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData("rehearse", "health.verify", false)]
    [InlineData("undo", "Starting app", false)]
    [InlineData("resume", "Restoring volume", false)]
    [InlineData("rehearse", "health.verify", true)]
    [InlineData("rehearse", "Starting app", true)]
    [InlineData("undo", "Restoring volume", true)]
    public async Task Killed_in_the_middle_what_it_left_is_found_and_removed(string next, string moment, bool remote)
    {
        NeedsParts(remote);
        await registry.Images.PublishAsync(Next with { Version = "v1.4.1", SlowStart = 60 });
        await using var app = await RehearsedInstallation.StartAsync(registry.Images, remote);
        await app.AppendAsync(Rehearse);
        await using var watch = await LiveWatch.StartAsync(app);
        string[] rehearse = ["rehearse", app.Stack.DefinitionPath, "--version", "v1.4.1", .. app.Admin.Folders];
        if (moment == "health.verify")
        {
            var copy = watch.FollowCopyAsync();
            await ConsoleProcess.KillWhenAsync(() => copy.IsCompleted, app.Admin.Variables, rehearse);
            await copy;
        }
        else
        {
            var killed = await ConsoleProcess.RunAsync(e => e.Message?.Contains(moment, StringComparison.Ordinal) == true, app.Admin.Variables, rehearse);
            Assert.True(killed.KilledAt is not null, killed.ToString());
        }

        Assert.NotEqual("", await app.RemainsAsync());

        // An update does not go over it.
        var refused = await app.Admin.UpdateAsync(app.Stack.DefinitionPath, "v1.1.0");
        Assert.Equal((UpdateStatus.Refused, ErrorIds.OperationPending), (refused.Status, refused.Error!.ErrorId));
        switch (next)
        {
            case "rehearse":
                Assert.True((await app.RehearseAsync("v1.1.0")).Passed);
                break;
            case "undo":
                Assert.Equal(UpdateStatus.Undone, (await app.Admin.UndoAsync(app.Stack.DefinitionPath)).Status);
                break;
            default:
                Assert.Equal(UpdateStatus.Kept, (await new ResumeUpdate(app.Admin.Session).RunAsync(new ResumeOptions { Name = app.Stack.DefinitionPath }, Token)).Status);
                break;
        }

        await watch.AssertUntouchedAsync();
        await app.AssertNothingLeftAsync();
    }

    private static void NeedsParts(bool remote)
    {
        Needs.Stack();
        if (remote)
            Needs.Parts(Part.Ssh);
    }

    private static string Describe(RehearsalReport report) =>
        $"{report.Error?.ErrorId} {report.Reason} | {string.Join("; ", report.Steps.Select(s => $"{s.Id}={s.Outcome} {s.Detail}"))} | {string.Join("; ", report.Findings.Select(f => f.Message))}";
}
