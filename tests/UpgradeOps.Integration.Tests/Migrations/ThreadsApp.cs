using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Migrations;

/// <summary>
/// A service over a real PostgreSQL whose migrations are sqlx's: release 1.0.0 brings 38 and 39, release 1.1.0 also 40 with its way back.
/// Nothing of it runs; its database is as 1.1.0 left it, and 1.0.0 is what runs.
/// </summary>
internal sealed class ThreadsApp : IAsyncDisposable
{
    private static readonly (int Version, string Name, string Sql, string? Down)[] All =
    [
        (38, "init", "CREATE TABLE users (id INT PRIMARY KEY);", null),
        (39, "threads", "CREATE TABLE threads (id INT PRIMARY KEY);", "DROP TABLE threads;"),
        (40, "thread_titles", "ALTER TABLE threads ADD title TEXT;", "ALTER TABLE threads DROP title -- and what was in it"),
    ];

    private readonly TempFolder _folder = new("threads-");
    private readonly PostgresServer _server;

    private ThreadsApp(PostgresServer server) => _server = server;

    public EngineSession Session { get; private set; } = null!;

    public string Path => _folder["threads.yaml"];

    public static async Task<ThreadsApp> StartAsync(string extra = "")
    {
        var app = new ThreadsApp(await PostgresServer.StartAsync("ssl=off"));
        foreach (var (release, newest) in new[] { ("1.0.0", 39), ("1.1.0", 40) })
        {
            var folder = Directory.CreateDirectory(app._folder[$"srv/releases/{release}/migrations"]).FullName;
            foreach (var (version, name, sql, down) in All.Where(m => m.Version <= newest))
            {
                await File.WriteAllTextAsync($"{folder}/{version:000}_{name}{(down is null ? "" : ".up")}.sql", sql);
                if (down is not null)
                    await File.WriteAllTextAsync($"{folder}/{version:000}_{name}.down.sql", down);
            }
        }

        Directory.CreateSymbolicLink(app._folder["srv/current"], "releases/1.0.0");
        Directory.CreateDirectory(app._folder["in"]);
        await app._server.SqlAsync("CREATE DATABASE threads");
        await app.SqlAsync("CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)");
        foreach (var (version, name, sql, _) in All)
        {
            var sum = Convert.ToHexStringLower(SHA384.HashData(Encoding.UTF8.GetBytes(sql)));
            await app.SqlAsync($"{sql} INSERT INTO _sqlx_migrations VALUES ({version}, '{name.Replace('_', ' ')}', now(), TRUE, '\\x{sum}', 1)");
        }

        await File.WriteAllTextAsync(app.Path, $$"""
            schema: upgradeops/v1
            name: threads
            platform: { service: { directory: "{{app._folder["srv"]}}", command: [sh, -c, "sleep 60"] } }
            releases: { folder: "{{app._folder["in"]}}" }
            databases:
              main: { engine: postgresql, at: { address: 127.0.0.1, port: {{app._server.Port}} }, name: threads, user: {{PostgresServer.User}}, password: "file:{{app._server.PasswordFile}}" }
            backups: [ { database: main } ]
            migrations: { database: main, table: _sqlx_migrations, files: migrations }
            {{extra}}
            """);
        app.Session = new EngineSession(new EngineOptions { ConfigFolder = app._folder["config"], StateFolder = app._folder["state"] });
        return app;
    }

    public Task<string> SqlAsync(string sql) => _server.SqlAsync(sql, "threads");

    public Task ChangeFileAsync(string release, string file, string sql) => File.WriteAllTextAsync(_folder[$"srv/releases/{release}/migrations/{file}"], sql);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
