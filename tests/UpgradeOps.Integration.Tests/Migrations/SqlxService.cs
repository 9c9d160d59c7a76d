using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Migrations;

/// <summary>
/// A service over a real PostgreSQL that does at its start what sqlx does: each migration of its folder that its table does not have, in one
/// transaction with its row; it ends with sqlx's sentence when one fails. Then it serves <c>/health</c>.
/// </summary>
internal sealed class SqlxService : IAsyncDisposable
{
    private const string Migrate = """
        export PGHOST=127.0.0.1 PGUSER=postgres PGDATABASE=${DATABASE:-chat}
        PGPASSWORD=$(cat "$PASSWORD_FILE"); export PGPASSWORD
        psql -Xqc 'CREATE TABLE IF NOT EXISTS _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)' 2>/dev/null || exit 9
        for file in migrations/*.sql; do
            case $file in *.down.sql) continue ;; esac
            name=${file#migrations/}; version=$(expr "${name%%_*}" + 0); title=$(echo "${name#*_}" | sed 's/\.up\.sql$//; s/\.sql$//; s/_/ /g')
            [ "$(psql -XqAtc "SELECT count(*) FROM _sqlx_migrations WHERE version = $version")" = 0 ] || continue
            sum=$(sha384sum "$file" | cut -d' ' -f1)
            if ! said=$(psql -Xq -v ON_ERROR_STOP=1 --single-transaction -f "$file" -c "INSERT INTO _sqlx_migrations VALUES ($version, '$title', now(), TRUE, '\\x$sum', 1)" 2>&1); then
                echo "Error: while executing migration $version: error returned from database: $(echo "$said" | sed -n 's/.*ERROR:  //p' | head -1)" >&2
                exit 1
            fi
            echo "applied $version"
        done
        """;

    private readonly TempFolder folder = new("sqlx-");
    private readonly int port = FreePort.Next();

    private SqlxService(PostgresServer server, SshServer? ssh) => (Server, Ssh) = (server, ssh);

    public PostgresServer Server { get; }

    /// <summary>Of the host; null when that is this machine.</summary>
    public SshServer? Ssh { get; }

    /// <summary>For the console.</summary>
    public Dictionary<string, string> Variables => Ssh is null ? [] : new() { ["UPGRADEOPS_SSH_CONFIG"] = Ssh.ConfigurationFile, ["UPGRADEOPS_SSH_PATIENCE"] = "10" };

    public EngineSession Session { get; private set; } = null!;

    public string DefinitionPath => folder["chat.yaml"];

    public string Folder => folder.Path;

    public string Url => $"http://127.0.0.1:{port}/";

    /// <summary>Where the tests' scripts can note things.</summary>
    public string Note(string name) => folder[name];

    /// <summary>1.0.0 is published, runs, and has applied 38 and 39.</summary>
    /// <param name="migrations">More of <c>migrations:</c>.</param>
    /// <param name="extra">More lines of the definition.</param>
    /// <param name="atStart">False for an application whose migrations somebody else runs: <c>sh migrate</c> in a release.</param>
    /// <param name="remote">Its host is reached over SSH, and has its state.</param>
    public static async Task<SqlxService> StartAsync(string migrations = "", string extra = "", bool atStart = true, bool remote = false)
    {
        var app = new SqlxService(await PostgresServer.StartAsync("ssl=off"), remote ? await SshServer.StartAsync() : null);
        try
        {
            await app.Server.SqlAsync("CREATE DATABASE chat");
            app.Publish("1.0.0", atStart, ("038_init.sql", "CREATE TABLE users (id INT PRIMARY KEY);"), ("039_threads.up.sql", "CREATE TABLE threads (id INT PRIMARY KEY);"), ("039_threads.down.sql", "DROP TABLE threads;"));
            await File.WriteAllTextAsync(app.DefinitionPath, $$"""
                schema: upgradeops/v1
                name: chat
                {{(app.Ssh is null ? "" : $"host: {app.Ssh.Address}\nstate: {{ folder: \"{app.State}\" }}")}}
                platform: { service: { directory: "{{app.folder["srv"]}}", command: [sh, run], stopTimeout: 3s, environment: { PASSWORD_FILE: "{{app.Server.PasswordFile}}", PGPORT: "{{app.Server.Port}}" } } }
                releases: { folder: "{{app.folder["in"]}}" }
                databases:
                  main: { engine: postgresql, at: { address: 127.0.0.1, port: {{app.Server.Port}} }, name: chat, user: {{PostgresServer.User}}, password: "file:{{app.Server.PasswordFile}}" }
                health: [ { http: "{{app.Url}}health", version: version } ]
                healthTimeout: 20s
                backups: [ { database: main } ]
                migrations: { database: main, table: _sqlx_migrations, files: migrations{{migrations}} }
                {{extra}}
                """);
            Directory.CreateDirectory(app.folder["srv"]);
            app.Session = app.Watched(NoProgress.Instance);
            var first = await app.UpdateAsync("1.0.0");
            Assert.True(first.Status == UpdateStatus.Kept, Updates.Outcomes.Describe(first));
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>A session of its own, with somebody who hears what goes on.</summary>
    /// <param name="client">The folder of what is this machine's own.</param>
    public EngineSession Watched(IProgressSink progress, string client = "state") => new(new EngineOptions { ConfigFolder = folder["config"], StateFolder = folder[client], Progress = progress })
    {
        Variable = name => Variables.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name),
    };

    /// <summary>A release with the migrations of 1.0.0 and more.</summary>
    public void PublishNext(string version, bool atStart, params (string File, string Sql)[] more) => Publish(
        version, atStart, [.. Directory.GetFiles(folder["in/1.0.0/migrations"]).Select(f => (Path.GetFileName(f), File.ReadAllText(f))), .. more]);

    public Task<UpdateResult> UpdateAsync(string version) =>
        new UpdateApp(Session).RunAsync(new UpdateOptions { Name = DefinitionPath, Version = version }, CancellationToken.None);

    public Task<string> SqlAsync(string sql) => Server.SqlAsync(sql, "chat");

    /// <summary>The version that answers.</summary>
    public async Task<string> VersionAsync()
    {
        using var client = new HttpClient();
        using var answer = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync(new Uri(Url + "health")));
        return answer.RootElement.GetProperty("version").GetString()!;
    }

    /// <summary>The same folders for the console.</summary>
    public IReadOnlyList<string> Folders => ["--config-folder", folder["config"], "--state-folder", folder["state"]];

    /// <summary>Below the application's own folder.</summary>
    public string Service(string path) => folder[$"srv/{path}"];

    public string InstalledFile(string version, string file) => Service($"releases/{version}/{file}");

    public string StateFile(string operationId, string name) => Directory.GetFiles(Path.Combine(State, "operations", operationId), $"*{name}", SearchOption.AllDirectories).Single();

    /// <summary>What is remembered about it, here or over there.</summary>
    private string State => Ssh is null ? folder["state/chat"] : folder["over there"];

    /// <summary>The pid file of the process that serves.</summary>
    public Task<string> ProcessAsync() => File.ReadAllTextAsync(Service("run/app.pid"));

    public string ReleaseFile(string version, string file) => folder[$"in/{version}/{file}"];

    public async ValueTask DisposeAsync()
    {
        var pid = folder["srv/run/app.pid"];
        if (File.Exists(pid) && File.ReadAllLines(pid).FirstOrDefault(l => l.StartsWith("pid=", StringComparison.Ordinal)) is { } line)
            await Command.RunAsync("kill", "-9", line["pid=".Length..]);
        if (Ssh is not null)
            await Ssh.DisposeAsync();
        await Server.DisposeAsync();
        folder.Dispose();
    }

    private void Publish(string version, bool atStart, params (string File, string Sql)[] migrations)
    {
        Directory.CreateDirectory(folder[$"in/{version}/migrations"]);
        Directory.CreateDirectory(folder[$"in/{version}/www"]);
        foreach (var (file, sql) in migrations)
            File.WriteAllText(ReleaseFile(version, $"migrations/{file}"), sql);
        File.WriteAllText(ReleaseFile(version, "www/health"), $$"""{"version":"{{version}}"}""");
        File.WriteAllText(ReleaseFile(version, "migrate"), Migrate);
        File.WriteAllText(ReleaseFile(version, "check"), "#!/bin/sh\ntest ! -e broken && cat \"$1\"\n");
        File.SetUnixFileMode(ReleaseFile(version, "check"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(ReleaseFile(version, "run"), $"{(atStart ? "(. ./migrate) || exit 1\n" : "")}exec {ProgramPath.Get("busybox")} httpd -f -p 127.0.0.1:${{LISTEN:-{port}}} -h www\n");
    }
}
