using UpgradeOps.Engine.Json;

namespace UpgradeOps.Integration.Git;

/// <summary>
/// Everything that Chatalot's page about updates does by hand to an installation behind Docker Compose, on real parts: a git server over SSH, a build by Compose,
/// PostgreSQL with sqlx-style migrations at start-up, and a volume with files.
/// </summary>
public sealed class ChatalotPageTests
{
    private const string Definition = """
        databases:
          main: { engine: postgresql, at: { service: postgres }, name: chatalot, user: chatalot, password: "env-file:.env#DB_PASSWORD" }
        backups: [ { database: main }, { volume: file_storage }, { files: [docker-compose.yml, .env, secrets/jwt] } ]
        migrations: { database: main, table: _sqlx_migrations, files: "image:/app/migrations", source: migrations }
        rehearse: { environment: { PGDATABASE: "{database}", PGUSER: chatalot } }
        """;

    [Fact]
    public async Task Check_back_up_update_verify_roll_back_undo_a_migration_and_restore_everything()
    {
        Needs.Parts(Part.Git, Part.Ssh, Part.Docker, Part.Compose, Part.Postgres);
        var postgres = await LocalImage.LoadAsync("postgres", await PostgresImage.GetAsync());
        Task<string> CommitAsync(GitComposeWorld w, string version, int newest) => w.Workshop.CommitAsync($"Chatalot {version}", Chatalot.Files(w, postgres, version, newest));
        await using var world = await GitComposeWorld.StartAsync(w => CommitAsync(w, "v1.0.0", 38), "chatalot", "channels: { edge: \"branch:main\" }, channel: edge", Definition);
        await Chatalot.SqlAsync(world, "INSERT INTO messages VALUES (1, 'first')");
        await world.ComposeAsync("exec", "chatalot", "sh", "-c", "echo cat >/files/picture");
        var jwt = await File.ReadAllTextAsync(Path.Combine(world.App, "secrets/jwt"));

        // The first update: what runs was built by hand, and becomes known.
        await CommitAsync(world, "v1.1.0", 39);
        var first = await world.UpdateAsync();
        Assert.True(first.Status == UpdateStatus.Kept, Text(first));
        Assert.Equal("v1.1.0", Assert.Single((await world.AskAsync<HealthReport>("health", world.Definition)).Checks).Version);
        Assert.Single(first.BackupIds);
        Assert.Equal("38\n39", await Chatalot.SqlAsync(world, "SELECT version FROM _sqlx_migrations ORDER BY version"));

        // git fetch; git log HEAD..origin/main
        var commit = await CommitAsync(world, "v1.2.0", 40);
        var status = await world.AskAsync<AppStatus>("status", world.Definition);
        Assert.True((status.UpdateAvailable, status.LatestVersion) == (true, $"main-{commit[..12]}"), EngineJson.Write(status, indented: true));
        Assert.Equal((commit, "Chatalot v1.2.0"), (Assert.Single(status.Commits).Id, status.Commits[0].Subject));
        // ls migrations/ of what was fetched, against the database.
        Assert.Equal("38 Applied, 39 Applied, 40 Pending", await MigrationsAsync(world, "edge"));
        await Chatalot.SqlAsync(world, "INSERT INTO messages VALUES (2, 'second'); INSERT INTO threads VALUES (7)");

        // Tried on a copy first: built, started on the data that there is now, migrated there and removed.
        var running = await world.ContainerAsync("chatalot");
        var rehearsal = await world.AskAsync<RehearsalReport>("rehearse", world.Definition);
        Assert.True(rehearsal.Passed, EngineJson.Write(rehearsal, indented: true));
        Assert.Contains("compose.build", rehearsal.Steps.Select(s => s.Kind));
        Assert.Equal("public._sqlx_migrations: 2 -> 3", Assert.Single(rehearsal.Changed).ToString());
        Assert.Equal(("v1.1.0", running), (await world.RunningAsync(), await world.ContainerAsync("chatalot")));
        Assert.Equal("38 Applied, 39 Applied, 40 Pending", await MigrationsAsync(world, "edge"));
        Assert.Equal("chatalot", await Chatalot.SqlAsync(world, "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'chatalot%'"));
        Assert.Empty(await Command.OutputAsync("docker", "ps", "--all", "--quiet", "--filter", $"label=upgradeops.rehearsal={rehearsal.OperationId}"));
        var second = await world.UpdateAsync();
        Assert.True(second.Status == UpdateStatus.Kept, Text(second));
        Assert.Equal("v1.2.0", await world.RunningAsync());

        // Could v1.1.0 live with it?
        Assert.Equal("38 Applied, 39 Applied, 40 Unknown", await MigrationsAsync(world, status.RunningVersion!));

        // Undo a migration, then roll back the code: nothing is built, nothing is lost.
        var migration = await world.AskAsync<UpdateResult>("undo-migration", world.Definition, "--force");
        Assert.True(migration.Status == UpdateStatus.Kept, Text(migration));
        Assert.Equal("38\n39", await Chatalot.SqlAsync(world, "SELECT version FROM _sqlx_migrations ORDER BY version"));
        var undone = await world.AskAsync<UpdateResult>("undo", world.Definition, "--yes");
        Assert.True((undone.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.1.0"), Text(undone));
        Assert.Equal("first second 7", await Chatalot.SqlAsync(world, "SELECT string_agg(text, ' ' ORDER BY id) || ' ' || (SELECT max(id) FROM threads) FROM messages"));

        // The full restore: database and files, as they were before the second update.
        await Chatalot.SqlAsync(world, "DROP TABLE messages; DELETE FROM threads");
        await world.ComposeAsync("exec", "chatalot", "sh", "-c", "rm /files/picture");
        var restored = await world.AskAsync<UpdateResult>("restore", world.Definition, "--backup-id", second.BackupIds[0], "--force");
        Assert.True(restored.Status == UpdateStatus.Kept, Text(restored));
        await Until.TrueAsync(async () => await world.RunningAsync() == "v1.1.0", TimeSpan.FromMinutes(1), "v1.1.0", TestContext.Current.CancellationToken);
        Assert.Equal("first second 7", await Chatalot.SqlAsync(world, "SELECT string_agg(text, ' ' ORDER BY id) || ' ' || (SELECT max(id) FROM threads) FROM messages"));
        Assert.Equal("cat", (await world.ComposeAsync("exec", "chatalot", "cat", "/files/picture")).Trim());
        Assert.Equal(jwt, await File.ReadAllTextAsync(Path.Combine(world.App, "secrets/jwt")));

        // Nobody wrote the password down.
        var journals = Directory.GetFiles(Path.Combine(world.StateFolder, "chat"), "journal*", SearchOption.AllDirectories);
        Assert.True(journals.Length >= 4);
        Assert.All(journals, f => Assert.DoesNotContain(GitComposeWorld.Password, File.ReadAllText(f)));
        Assert.All(Directory.GetFiles(Path.Combine(world.App, ".upgradeops/log")), f => Assert.DoesNotContain(GitComposeWorld.Password, File.ReadAllText(f)));
    }

    private static async Task<string> MigrationsAsync(GitComposeWorld world, string release) =>
        string.Join(", ", (await world.AskAsync<IReadOnlyList<Migration>>("migrations", world.Definition, "--release", release)).Select(m => $"{m.Version.TrimStart('0')} {m.State}"));

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
