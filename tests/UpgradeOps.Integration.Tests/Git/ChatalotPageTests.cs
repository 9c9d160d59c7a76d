using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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
        migrations: { database: main, table: _sqlx_migrations, files: "image:/app/migrations" }
        """;

    private static readonly (int Version, string Name, string Up, string? Down)[] Migrations =
    [
        (38, "init", "CREATE TABLE messages (id INT PRIMARY KEY, text TEXT);", null),
        (39, "threads", "CREATE TABLE threads (id INT PRIMARY KEY);", "DROP TABLE threads;"),
        (40, "titles", "ALTER TABLE threads ADD title TEXT;", "ALTER TABLE threads DROP title;"),
    ];

    [Fact]
    public async Task Check_back_up_update_verify_roll_back_undo_a_migration_and_restore_everything()
    {
        Needs.Parts(Part.Git, Part.Ssh, Part.Docker, Part.Compose, Part.Postgres);
        var postgres = await LocalImage.LoadAsync("postgres", await PostgresImage.GetAsync());
        Task<string> CommitAsync(GitComposeWorld w, string version, int newest) => w.Workshop.CommitAsync($"Chatalot {version}", Files(w, postgres, version, newest));
        await using var world = await GitComposeWorld.StartAsync(w => CommitAsync(w, "v1.0.0", 38), "chatalot", "channels: { edge: \"branch:main\" }, channel: edge", Definition);
        await SqlAsync(world, "INSERT INTO messages VALUES (1, 'first')");
        await world.ComposeAsync("exec", "chatalot", "sh", "-c", "echo cat >/files/picture");
        var jwt = await File.ReadAllTextAsync(Path.Combine(world.App, "secrets/jwt"));

        // The first update: what runs was built by hand, and becomes known.
        await CommitAsync(world, "v1.1.0", 39);
        var first = await world.UpdateAsync();
        Assert.True(first.Status == UpdateStatus.Kept, Text(first));
        Assert.Equal("v1.1.0", Assert.Single((await world.AskAsync<HealthReport>("health", world.Definition)).Checks).Version);
        Assert.Single(first.BackupIds);
        Assert.Equal("38\n39", await SqlAsync(world, "SELECT version FROM _sqlx_migrations ORDER BY version"));

        // git fetch; git log HEAD..origin/main
        var commit = await CommitAsync(world, "v1.2.0", 40);
        var status = await world.AskAsync<AppStatus>("status", world.Definition);
        Assert.True((status.UpdateAvailable, status.LatestVersion) == (true, $"main-{commit[..12]}"), EngineJson.Write(status, indented: true));
        Assert.Equal((commit, "Chatalot v1.2.0"), (Assert.Single(status.Commits).Id, status.Commits[0].Subject));
        await SqlAsync(world, "INSERT INTO messages VALUES (2, 'second'); INSERT INTO threads VALUES (7)");
        var second = await world.UpdateAsync();
        Assert.True(second.Status == UpdateStatus.Kept, Text(second));
        Assert.Equal("v1.2.0", await world.RunningAsync());

        // Undo a migration, then roll back the code: nothing is built, nothing is lost.
        var migration = await world.AskAsync<UpdateResult>("undo-migration", world.Definition, "--force");
        Assert.True(migration.Status == UpdateStatus.Kept, Text(migration));
        Assert.Equal("38\n39", await SqlAsync(world, "SELECT version FROM _sqlx_migrations ORDER BY version"));
        var undone = await world.AskAsync<UpdateResult>("undo", world.Definition, "--yes");
        Assert.True((undone.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.1.0"), Text(undone));
        Assert.Equal("first second 7", await SqlAsync(world, "SELECT string_agg(text, ' ' ORDER BY id) || ' ' || (SELECT max(id) FROM threads) FROM messages"));

        // The full restore: database and files, as they were before the second update.
        await SqlAsync(world, "DROP TABLE messages; DELETE FROM threads");
        await world.ComposeAsync("exec", "chatalot", "sh", "-c", "rm /files/picture");
        var restored = await world.AskAsync<UpdateResult>("restore", world.Definition, "--backup-id", second.BackupIds[0], "--force");
        Assert.True(restored.Status == UpdateStatus.Kept, Text(restored));
        await Until.TrueAsync(async () => await world.RunningAsync() == "v1.1.0", TimeSpan.FromMinutes(1), "v1.1.0", TestContext.Current.CancellationToken);
        Assert.Equal("first second 7", await SqlAsync(world, "SELECT string_agg(text, ' ' ORDER BY id) || ' ' || (SELECT max(id) FROM threads) FROM messages"));
        Assert.Equal("cat", (await world.ComposeAsync("exec", "chatalot", "cat", "/files/picture")).Trim());
        Assert.Equal(jwt, await File.ReadAllTextAsync(Path.Combine(world.App, "secrets/jwt")));

        // Nobody wrote the password down.
        var journals = Directory.GetFiles(Path.Combine(world.StateFolder, "chat"), "journal*", SearchOption.AllDirectories);
        Assert.True(journals.Length >= 4);
        Assert.All(journals, f => Assert.DoesNotContain(GitComposeWorld.Password, File.ReadAllText(f)));
        Assert.All(Directory.GetFiles(Path.Combine(world.App, ".upgradeops/log")), f => Assert.DoesNotContain(GitComposeWorld.Password, File.ReadAllText(f)));
    }

    private static (string, string)[] Files(GitComposeWorld world, string postgres, string version, int newest)
    {
        var there = Migrations.Where(m => m.Version <= newest).ToList();
        return
        [
            (".gitignore", GitComposeWorld.Ignored),
            ("docker-compose.yml", $$"""
                services:
                  chatalot:
                    build: .
                    user: root
                    container_name: {{world.Project}}-server
                    restart: unless-stopped
                    depends_on: { postgres: { condition: service_healthy } }
                    environment: { PGHOST: postgres, PGUSER: chatalot, PGDATABASE: chatalot, PGPASSWORD: "${DB_PASSWORD}" }
                    volumes: ["file_storage:/files"]
                    secrets: [jwt]
                    ports: ["127.0.0.1:${PORT}:8080"]
                  postgres:
                    image: {{postgres}}
                    container_name: {{world.Project}}-db
                    environment: { POSTGRES_USER: chatalot, POSTGRES_DB: chatalot, POSTGRES_PASSWORD: "${DB_PASSWORD}" }
                    volumes: ["postgres_data:{{PostgresImage.Data}}"]
                    healthcheck: { test: [CMD, pg_isready, -q, -h, 127.0.0.1], interval: 500ms, timeout: 5s, retries: 60 }
                volumes: { postgres_data: , file_storage: }
                secrets: { jwt: { file: ./secrets/jwt } }

                """),
            ("Dockerfile", $"FROM {postgres}\nCOPY migrations /app/migrations\nCOPY sums start.sh /app/\nCOPY www /app/www\nWORKDIR /app\nENTRYPOINT [\"sh\", \"start.sh\"]\n"),
            ("www/health", JsonSerializer.Serialize(new { version })),
            ("sums", string.Concat(there.Select(m => $"{m.Version} {Convert.ToHexStringLower(SHA384.HashData(Encoding.UTF8.GetBytes(m.Up)))}\n"))),
            ("start.sh", """
                trap 'exit 0' TERM INT
                cat /run/secrets/jwt >/dev/null || exit 8
                psql -Xqc 'CREATE TABLE IF NOT EXISTS _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)' 2>/dev/null || exit 9
                while read -r version sum; do
                    [ "$(psql -XqAtc "SELECT count(*) FROM _sqlx_migrations WHERE version = $version")" = 0 ] || continue
                    for file in migrations/0${version}_*.sql; do case $file in *.down.sql) ;; *) up=$file ;; esac; done
                    psql -Xq -v ON_ERROR_STOP=1 --single-transaction -f "$up" -c "INSERT INTO _sqlx_migrations VALUES ($version, '$up', now(), TRUE, '\\x$sum', 1)" || exit 1
                done <sums
                httpd -f -p 8080 -h www &
                while :; do sleep 0.1; done

                """),
            .. there.SelectMany(m => m.Down is null
                ? [($"migrations/0{m.Version}_{m.Name}.sql", m.Up)]
                : new[] { ($"migrations/0{m.Version}_{m.Name}.up.sql", m.Up), ($"migrations/0{m.Version}_{m.Name}.down.sql", m.Down) }),
        ];
    }

    private static async Task<string> SqlAsync(GitComposeWorld world, string sql) =>
        (await world.ComposeAsync("exec", "postgres", "psql", "-XqAt", "-U", "chatalot", "-d", "chatalot", "-c", sql)).Trim();

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
