using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Faults;

/// <summary>Migrations that fail: at the version's start, in a job of the compose file, in the declared command.</summary>
public sealed class MigrationFaultTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private const string Psql = "PGPASSWORD=$DB_PASSWORD psql -XqAt -v ON_ERROR_STOP=1 -h $DB_HOST -U $DB_USER -d $DB_NAME";
    private const string Broken = "echo migrating 20260401000000 Broken; " + Psql + " -c 'ALTER TABLE entries ADD half INT; ALTER TABLE no_such_table ADD x INT'";

    [Fact]
    public async Task At_the_start_of_the_version()
    {
        Needs.Stack();
        await using var world = await StartAsync();
        var container = await world.ContainerAsync();
        var whole = await PublishAsync("v3.2.0", KmpRelease.CreateEntries, KmpRelease.Broken);
        await ExpectAsync(world, "migrate-start", whole);
        Assert.Equal(container, await world.ContainerAsync());

        var half = await PublishAsync("v3.2.1", KmpRelease.CreateEntries, KmpRelease.AddAuthor, KmpRelease.Broken);
        var outcome = await world.UpdateAsync(half);
        Assert.Equal(FaultTable.Row("migrate-half").Status, outcome.Status);
        Assert.Contains("Migration 20260401000000 (Broken)", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Contains(FaultTable.Row("migrate-half").Next!, outcome.Told, StringComparison.Ordinal);
        var undone = await new UndoUpdate(world.Session).RunAsync(new UndoOptions { Name = world.Name, Data = DataPolicy.Keep }, CancellationToken.None);
        Assert.True(undone.Status == UpdateStatus.Undone, Outcomes.Describe(undone));
        await world.ExpectStandingAsync(FaultWorld.Before, "migrate-half");
    }

    [Fact]
    public async Task In_a_job_that_the_version_waits_for()
    {
        Needs.Stack();
        await using var world = await StartAsync();
        var file = (await File.ReadAllTextAsync(world.Stack.ComposeFile)).Replace("depends_on: { db: ", "depends_on: { migrate: { condition: service_completed_successfully }, db: ", StringComparison.Ordinal);
        // What the job does comes with the release: the old one's does nothing.
        var job = $$"""
              migrate:
                image: {{registry.Images.Repository}}:${KMP_IMAGE_TAG:-latest}
                entrypoint: [sh, -c, 'grep -q version=v1.0.0 /app/kmp.conf && exit 0; {{Broken.Replace("'", "\"", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal)}}']
                environment: { DB_HOST: db, DB_NAME: kmp, DB_USER: kmp, DB_PASSWORD: "${POSTGRES_PASSWORD}" }
                depends_on: { db: { condition: service_healthy } }
            volumes:
              kmp-uploads
            """;
        await File.WriteAllTextAsync(world.Stack.ComposeFile, file.Replace("volumes:\n  kmp-uploads", job, StringComparison.Ordinal));
        await world.Stack.UpAsync();
        await world.NoteAsync();

        await ExpectAsync(world, "migrate-job", await PublishAsync("v3.2.2", KmpRelease.CreateEntries));
    }

    [Fact]
    public async Task In_the_declared_command()
    {
        Needs.Stack();
        await using var world = await StartAsync();
        var container = await world.ContainerAsync();
        var definition = await File.ReadAllTextAsync(world.Stack.DefinitionPath);
        foreach (var (key, version, command, timeout) in new[]
        {
            ("migrate-command", "v3.2.3", Broken, "1m"),
            ("migrate-late", "v3.2.4", "exec sleep 600", "2s"),
            ("migrate-removed", "v3.2.5", "exec sleep 600", "5m"),
        })
        {
            await File.WriteAllTextAsync(world.Stack.DefinitionPath, definition.Replace(
                "run: on-start", $"run: before-switch, timeout: {timeout}, command: [sh, -c, \"{command}\"]", StringComparison.Ordinal));
            await PublishAsync(version, KmpRelease.CreateEntries);
            using var stop = new CancellationTokenSource();
            var removing = key == "migrate-removed" ? RemoveAsync(world, stop.Token) : Task.CompletedTask;
            await ExpectAsync(world, key, version);
            await stop.CancelAsync();
            await removing;
            Assert.Equal(container, await world.ContainerAsync());
        }
    }

    private Task<FaultWorld> StartAsync() => FaultWorld.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });

    private static async Task ExpectAsync(FaultWorld world, string key, string version)
    {
        var outcome = await world.UpdateAsync(version);
        if (key is "migrate-start" or "migrate-job" or "migrate-command")
            Assert.StartsWith($"Migration 20260401000000 (Broken) of {world.Name} {version} failed: relation \"no_such_table\" does not exist.", outcome.Error?.Message, StringComparison.Ordinal);
        await world.ExpectAsync(key, outcome, version);
    }

    private async Task<string> PublishAsync(string version, params IReadOnlyList<KmpMigration> migrations)
    {
        await registry.Images.PublishAsync(new KmpRelease(version) { Migrations = migrations });
        return version;
    }

    private static async Task RemoveAsync(FaultWorld world, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var found = (await world.DockerAsync("container", "ls", "--quiet", "--filter", $"name={world.Stack.Project}-migrate-")).Trim();
            if (found.Length > 0)
            {
                await world.DockerAsync("rm", "--force", found);
                return;
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }
}
