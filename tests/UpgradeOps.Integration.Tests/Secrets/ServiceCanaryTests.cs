using System.Text;

namespace UpgradeOps.Integration.Secrets;

/// <summary>The same on a service: its secrets come from the environment and a file, its program and a backup's command tell them to whoever listens.</summary>
public sealed class ServiceCanaryTests : IAsyncDisposable
{
    private readonly Canary _database = new("the database (env:, file:)");
    private readonly Canary _state = new("the state's server (env:)");
    private readonly Canary _wrong = new("a wrong password");
    private readonly StringBuilder _said = new();
    private readonly TempFolder _folder = new("service-canary-");
    private readonly int _port = FreePort.Next();

    private IReadOnlyList<Canary> All => [_database, _state, _wrong];

    public async ValueTask DisposeAsync()
    {
        var pid = _folder["srv/run/app.pid"];
        if (File.Exists(pid) && File.ReadAllLines(pid).FirstOrDefault(l => l.StartsWith("pid=", StringComparison.Ordinal)) is { } line)
            await Command.RunAsync("kill", "-9", line["pid=".Length..]);
        _folder.Dispose();
    }

    [Fact]
    public async Task No_secret_of_a_service_is_in_what_is_kept_said_or_seen()
    {
        Needs.Parts(Part.Postgres);
        await using var server = await PostgresServer.StartAsync();
        await InstallAsync(server);

        var watch = new ProcessWatch(All);
        await using (watch)
        {
            await LiveAsync();
        }

        Assert.True(watch.Found.IsEmpty, string.Join("\n", watch.Found.Select(f => $"{f.Key}: {f.Value}")));
        Assert.Contains(watch.Seen.Keys, program => program.EndsWith("pg_dump", StringComparison.Ordinal));
        Canary.AssertNoneIn(All, "what was said", Encoding.UTF8.GetBytes(_said.ToString()));
        AssertFiles();
        await AssertStateAsync(server);
    }

    private async Task InstallAsync(PostgresServer server)
    {
        await server.SqlAsync($"""
            CREATE ROLE app LOGIN CREATEDB PASSWORD '{_database.Value.Replace("'", "''", StringComparison.Ordinal)}';
            CREATE ROLE keeper LOGIN PASSWORD '{_state.Value.Replace("'", "''", StringComparison.Ordinal)}';
            GRANT CREATE ON DATABASE postgres TO keeper;
            """);
        await server.SqlAsync("CREATE DATABASE live OWNER app");
        await server.SqlAsync("CREATE TABLE entries (id serial PRIMARY KEY, note text); ALTER TABLE entries OWNER TO app; INSERT INTO entries (note) VALUES ('precious')", "live");
        Directory.CreateDirectory(_folder["srv/shared"]);
        await File.WriteAllTextAsync(_folder["srv/shared/password"], _database.Value + "\n");
        foreach (var version in (string[])["1.0.0", "1.1.0", "1.2.0", "1.3.0"])
        {
            Directory.CreateDirectory(_folder[$"in/{version}/www"]);
            await File.WriteAllTextAsync(_folder[$"in/{version}/www/health"], $$"""{"version":"{{version}}"}""");
            var then = version == "1.2.0" ? "exit 3" : $"exec {ProgramPath.Get("busybox")} httpd -f -p 127.0.0.1:{_port} -h www";
            await File.WriteAllTextAsync(_folder[$"in/{version}/run"], $"echo \"{version} logs in with $(cat ../../shared/password)\"\n{then}\n");
        }

        // What a careless command says of its own login, and when it fails.
        await File.WriteAllTextAsync(_folder["export.sh"], """
            echo "exported with $CANARY_DATABASE"
            [ ! -e "$1/fail" ] || { echo "cannot log in with $CANARY_DATABASE, nor with $CANARY_STATE" >&2; exit 3; }

            """);
        await DefineAsync(server.Port, "env:CANARY_DATABASE");
    }

    private Task DefineAsync(int port, string password) => File.WriteAllTextAsync(_folder["app.yaml"], $$"""
        schema: upgradeops/v1
        name: app
        platform: { service: { directory: srv, command: [sh, run], stopTimeout: 2s } }
        releases: { folder: in }
        databases:
          main: { engine: postgresql, at: { address: 127.0.0.1, port: {{port}} }, name: live, user: app, password: "{{password}}" }
        health: [ { http: "http://127.0.0.1:{{_port}}/health", version: version } ]
        backups: [ { database: main }, { command: { name: export, run: [sh, "{{_folder["export.sh"]}}", "{{_folder.Path}}"], restore: [sh, -c, "cat >/dev/null"] } } ]
        state:
          postgresql: { address: 127.0.0.1, port: {{port}}, database: postgres, user: keeper, password: "env:CANARY_STATE" }
        """);

    private async Task LiveAsync()
    {
        await RunAsync(0, "register", _folder["app.yaml"]);
        await RunAsync(0, "update", "app", "--version", "1.0.0");
        await RunAsync(0, "update", "app", "--version", "1.1.0", "--json", "--progress", "json");
        Assert.Contains("1.1.0 logs in with ***", await RunAsync(0, "logs", "app"), StringComparison.Ordinal);

        // It ends with its secret as its last words, which are kept as evidence.
        await RunAsync(10, "update", "app", "--version", "1.2.0", "--json", "--progress", "json");
        await RunAsync(14, "update", "app", "--version", "1.2.0");

        // A command that fails has its complaint in the error: alone, and in an update that goes back.
        await File.WriteAllTextAsync(_folder["fail"], "");
        Assert.Contains("cannot log in with ***, nor with ***", await RunAsync(1, "backup", "app"), StringComparison.Ordinal);
        await RunAsync(10, "update", "app", "--version", "1.3.0");
        File.Delete(_folder["fail"]);

        var port = (await File.ReadAllTextAsync(_folder["app.yaml"])).Split("port: ")[1].Split(' ')[0];
        await DefineAsync(int.Parse(port), "file:shared/password");
        await RunAsync(0, "backup", "app", "--json");
        var backup = Path.GetFileName(Directory.GetDirectories(_folder["state/app/backups"]).Max()!);
        await RunAsync(0, "prove", "app", backup, "--level", "restore");
        await RunAsync(0, "restore", "app", "--force", "--json");
        await DefineAsync(int.Parse(port), "env:CANARY_WRONG");
        await RunAsync(1, "backup", "app");
        await RunAsync(null, "status", "app", "--json");
        await DefineAsync(int.Parse(port), "env:CANARY_DATABASE");
        await RunAsync(0, "undo", "app", "--yes", "--json");
        Assert.Contains("Refused", await RunAsync(0, "history", "app", "--json"), StringComparison.Ordinal);
    }

    /// <param name="code">The exit code that it must have; null for any.</param>
    /// <returns>All that it said.</returns>
    private async Task<string> RunAsync(int? code, params string[] arguments)
    {
        string[] folders = ["--config-folder", _folder["config"], "--state-folder", _folder["state"]];
        var result = await new Command("dotnet", [Path.Combine(AppContext.BaseDirectory, "UpgradeOps.Cli.dll"), .. arguments, .. folders])
        {
            Environment = new Dictionary<string, string?>
            {
                ["CANARY_DATABASE"] = _database.Value,
                ["CANARY_STATE"] = _state.Value,
                ["CANARY_WRONG"] = _wrong.Value,
            },
        }.RunAsync();
        _said.AppendLine(result.Output).AppendLine(result.Error);
        Assert.True(code is null || code == result.ExitCode, $"{string.Join(' ', arguments)}: {result}");
        return result.Output + result.Error;
    }

    /// <summary>A backup's data holds what the application's does; everything else holds no secret.</summary>
    private void AssertFiles()
    {
        var files = Directory.GetFiles(_folder["state"], "*", SearchOption.AllDirectories);
        Assert.Contains(files, f => f.Contains("/outputs/", StringComparison.Ordinal));
        var others = files.Where(f => !f.Contains("/outputs/", StringComparison.Ordinal) && !f.Contains("/databases/", StringComparison.Ordinal)).ToList();
        Assert.Contains(others, f => f.EndsWith("manifest.json", StringComparison.Ordinal));
        foreach (var file in others.Concat(Directory.GetFiles(_folder["config"], "*", SearchOption.AllDirectories)))
            Canary.AssertNoneIn(All, file, File.ReadAllBytes(file));
    }

    /// <summary>Journal, kept files, memory and refused attempts in the database.</summary>
    private async Task AssertStateAsync(PostgresServer server)
    {
        var lines = await server.SqlAsync("SELECT line FROM upgradeops.journal UNION ALL SELECT line FROM upgradeops.refused UNION ALL SELECT memory FROM upgradeops.app WHERE memory IS NOT NULL");
        Assert.Contains("\"status\":\"Refused\"", lines, StringComparison.Ordinal);
        Assert.Contains("nor with ***", lines, StringComparison.Ordinal);
        Canary.AssertNoneIn(All, "the state's tables", Encoding.UTF8.GetBytes(lines));
        var kept = (await server.SqlAsync("SELECT name || ' ' || encode(content, 'hex') FROM upgradeops.kept")).Split('\n').Select(l => l.Split(' ')).ToList();
        var texts = kept.ToDictionary(k => $"{k[0]} {Guid.NewGuid():N}", k => Convert.FromHexString(k[^1]));
        Assert.Contains(texts, t => Encoding.UTF8.GetString(t.Value).Contains("1.2.0 logs in with ***", StringComparison.Ordinal));
        foreach (var (name, content) in texts)
            Canary.AssertNoneIn(All, name, content);
    }
}
