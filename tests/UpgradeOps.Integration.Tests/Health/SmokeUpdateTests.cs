using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Migrations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Health;

/// <summary>Smoke tests on real versions over real databases: one that answers healthy and does not work is not kept.</summary>
public sealed class SmokeUpdateTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private const string OnService = """
        smoke:
          - { name: version, http: "§health", json: { version: "*" }, capture: { v: version } }
          - { name: release file, command: [./check, www/health], output: '"${v}"' }
          - { name: schema, sql: "SELECT count(*) >= 2 FROM _sqlx_migrations WHERE success", database: main }
          - { name: lives, command: [sh, -c, 'test ! -e deadly || kill -9 $(sed -n s/^pid=//p ../../run/app.pid)'] }
        """;

    [Fact]
    public async Task On_a_service_they_run_after_health_and_a_failed_one_takes_the_update_back()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await SqlxService.StartAsync();
        await File.AppendAllTextAsync(app.DefinitionPath, "\n" + OnService.Replace("§", app.Url, StringComparison.Ordinal) + "\n");
        var alone = await new TestApp(app.Session).RunAsync(app.DefinitionPath, CancellationToken.None);
        Assert.True(alone.Passed, alone.Reason);
        Assert.Equal(["version", "release file", "schema", "lives"], alone.Tests.Select(t => t.Test));

        app.PublishNext("1.1.0", true);
        var kept = await app.UpdateAsync("1.1.0");
        Assert.True(kept.Status == UpdateStatus.Kept, Outcomes.Describe(kept));
        Assert.Equal(["health.verify", "health.smoke"], kept.Steps.Select(s => s.Kind).Where(k => k.StartsWith("health.", StringComparison.Ordinal)));

        app.PublishNext("1.2.0", true);
        await File.WriteAllTextAsync(app.ReleaseFile("1.2.0", "broken"), "");
        var undone = await app.UpdateAsync("1.2.0");
        Assert.True(undone is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.SmokeFailed }, Outcomes.Describe(undone));
        Assert.Contains("smoke test 'release file' failed: command ./check: it ends with exit code 1, not 0", undone.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("1.1.0", await app.VersionAsync());
        Assert.Contains("'release file'", await File.ReadAllTextAsync(Assert.Single(undone.Evidence, e => e.EndsWith("evidence-failure.json", StringComparison.Ordinal))), StringComparison.Ordinal);
        var bad = Assert.Single((await new GetStatus(app.Session).RunAsync(app.DefinitionPath, CancellationToken.None)).KnownBad);
        Assert.Equal(("1.2.0", ErrorIds.SmokeFailed), (bad.Version, bad.ErrorId));

        app.PublishNext("1.3.0", true);
        await File.WriteAllTextAsync(app.ReleaseFile("1.3.0", "deadly"), "");
        var died = await app.UpdateAsync("1.3.0");
        Assert.True(died is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.InstanceExited }, Outcomes.Describe(died));
        Assert.Equal("1.1.0", await app.VersionAsync());

        // Going back asks nothing of the older version that it may not know.
        await File.WriteAllTextAsync(app.DefinitionPath, (await File.ReadAllTextAsync(app.DefinitionPath)).Replace("count(*) >= 2", "count(*) >= 99", StringComparison.Ordinal));
        var back = await new UndoUpdate(app.Session).RunAsync(new UndoOptions { Name = app.DefinitionPath }, CancellationToken.None);
        Assert.True(back.Status == UpdateStatus.Kept, Outcomes.Describe(back));
        Assert.Equal("1.0.0", await app.VersionAsync());
        var now = await new TestApp(app.Session).RunAsync(app.DefinitionPath, CancellationToken.None);
        Assert.Equal(("smoke test 'schema' failed: sql main: it answers 'f'", 1), (now.Reason, now.NotRun.Count));
    }

    [Fact]
    public async Task On_compose_a_version_that_answers_healthy_and_cannot_write_is_not_kept()
    {
        Needs.Stack();
        await registry.Images.PublishAsync(KmpRelease.V110 with { Version = "v2.9.0", Column = "no_such_column" });
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        await File.AppendAllTextAsync(stack.DefinitionPath, $$"""

            smoke:
              - { name: write a row, http: "{{stack.Url}}write?text=smoke" }
              - { name: the row is there, sql: "SELECT count(*) FROM entries WHERE note = 'smoke'", database: main }
            """);
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);

        var bad = await admin.UpdateAsync(name, version: "v2.9.0");
        // The new version migrated: a person chooses, and is told which test failed.
        Assert.True(bad is { Status: UpdateStatus.NeedsAttention }, Outcomes.Describe(bad));
        Assert.Contains("smoke test 'write a row' failed", bad.Error!.Message, StringComparison.Ordinal);
        var undone = await admin.UndoAsync(name, DataPolicy.Keep);
        Assert.True(undone is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.SmokeFailed }, Outcomes.Describe(undone));
        Assert.Equal("v1.0.0", await stack.VersionAsync());

        var good = await admin.UpdateAsync(name, version: "v1.1.0");
        Assert.True(good.Status == UpdateStatus.Kept, Outcomes.Describe(good));
        var alone = await new TestApp(admin.Session).RunAsync(name, CancellationToken.None);
        Assert.True(alone.Passed, alone.Reason);
    }
}
