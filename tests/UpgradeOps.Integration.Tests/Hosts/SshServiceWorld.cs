using System.Text.Json;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Hosts;

/// <summary>A service with three releases on a real SSH server, and the console as another machine has it: with a state folder of its own, and the server's key.</summary>
internal sealed class SshServiceWorld : IAsyncDisposable
{
    private readonly TempFolder _folder = new("sshservice-");

    private SshServiceWorld(SshServer server) => Server = server;

    public SshServer Server { get; }

    public string Definition => _folder["client/notes.yaml"];

    /// <summary>On the host: with a blank, a quote and what a shell would run.</summary>
    public string Service => _folder["host/no 'tes; $(touch x)"];

    public string State => _folder["host/state of notes"];

    public string Shared => Path.Combine(Service, "shared");

    /// <summary>Of the client.</summary>
    public string Backups => _folder["client/state/notes/backups"];

    public int Port { get; } = FreePort.Next();

    public Dictionary<string, string> Environment => new()
    {
        ["UPGRADEOPS_SSH_CONFIG"] = Server.ConfigurationFile,
        ["UPGRADEOPS_SSH_PATIENCE"] = "20",
        ["UPGRADEOPS_STATE"] = _folder["client/state"],
        ["UPGRADEOPS_CONFIG"] = _folder["client/config"],
    };

    /// <param name="more">Lines of the definition.</param>
    public static async Task<SshServiceWorld> StartAsync(string more = "")
    {
        var world = new SshServiceWorld(await SshServer.StartAsync());
        await world.WriteAsync(more);
        return world;
    }

    public async Task<UpdateResult> UpdateAsync(string version, params string[] more) => (await RunAsync(null, ["update", Definition, "--version", version, "--yes", .. more])).Result;

    public async Task<T> AskAsync<T>(params string[] arguments)
    {
        var outcome = await RunAsync(null, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        return EngineJson.Read<T>(outcome.Output, ErrorIds.Unexpected, "the console");
    }

    public Task<ConsoleOutcome> RunAsync(Func<ProgressEvent, bool>? killAt, params string[] arguments) => ConsoleProcess.RunAsync(killAt, Environment, arguments);

    /// <summary>What answers, asked from here.</summary>
    public async Task<string?> RunningAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync($"http://127.0.0.1:{Port}/health")).GetProperty("version").GetString();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Service, "run/app.pid")))
        {
            var pid = (await File.ReadAllLinesAsync(Path.Combine(Service, "run/app.pid")))[0]["pid=".Length..];
            await Command.RunAsync("kill", "-9", pid);
        }

        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task WriteAsync(string more)
    {
        // 1.2.0 answers with another version than its own: it is never kept.
        foreach (var (version, answers) in (IEnumerable<(string, string)>)[("1.0.0", "1.0.0"), ("1.1.0", "1.1.0"), ("1.2.0", "9.9.9")])
        {
            Directory.CreateDirectory(_folder[$"host/in/{version}/www"]);
            await File.WriteAllTextAsync(_folder[$"host/in/{version}/www/health"], JsonSerializer.Serialize(new { version = answers }));
        }

        Directory.CreateDirectory(Path.Combine(Shared, "-odd\n'name\""));
        await File.WriteAllTextAsync(Path.Combine(Shared, "-odd\n'name\"", "note"), "first");
        Directory.CreateDirectory(_folder["client"]);
        await File.WriteAllTextAsync(Definition, $$"""
            schema: upgradeops/v1
            name: notes
            host: {{Server.Address}}
            platform: { service: { directory: "{{Service}}", command: [/bin/busybox, httpd, -f, -p, "127.0.0.1:{{Port}}", -h, www], stopTimeout: 2s } }
            releases: { folder: "{{_folder.Path}}/host/in" }
            health: [ { http: "http://127.0.0.1:{{Port}}/health", version: version } ]
            backups: [ { folder: shared } ]
            healthTimeout: 20s
            state: { folder: "{{State}}" }
            {{more}}
            """);
    }
}
