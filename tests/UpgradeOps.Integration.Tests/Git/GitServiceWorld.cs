using System.Text.Json;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Git;

/// <summary>
/// A service whose releases are commits of a repository on a real SSH server, and the console. A release is a web server whose page tells the version.
/// </summary>
internal sealed class GitServiceWorld : IAsyncDisposable
{
    private readonly TempFolder folder = new("gitservice-");

    private GitServiceWorld(SshServer server, GitWorkshop workshop) => (Server, Workshop, SshConfiguration) = (server, workshop, server.ConfigurationFile);

    public SshServer Server { get; }

    public GitWorkshop Workshop { get; }

    public string Service => folder["srv 'chat'"];

    public string Definition => folder["chat.yaml"];

    public string Address => $"ssh://{Environment.UserName}@127.0.0.1:{Server.Port}{Workshop.Origin}";

    public int Port { get; } = FreePort.Next();

    /// <summary>What git's ssh is configured with.</summary>
    public string SshConfiguration { get; set; }

    public string this[string name] => folder[name];

    public string StateFolder => folder["state"];

    /// <summary>The engine within this process.</summary>
    public EngineSession Session => new(new EngineOptions { ConfigFolder = Variables["UPGRADEOPS_CONFIG"], StateFolder = StateFolder }) { Variable = name => Variables.GetValueOrDefault(name) };

    private Dictionary<string, string> Variables => new()
    {
        ["GIT_SSH_COMMAND"] = $"ssh -F '{SshConfiguration}'",
        ["UPGRADEOPS_SSH_CONFIG"] = Server.ConfigurationFile,
        ["UPGRADEOPS_SSH_PATIENCE"] = "20",
        ["UPGRADEOPS_STATE"] = StateFolder,
        ["UPGRADEOPS_CONFIG"] = folder["config"],
    };

    /// <summary>v1.0.0 runs.</summary>
    /// <param name="build">More of the service.</param>
    /// <param name="more">More lines of the definition.</param>
    public static async Task<GitServiceWorld> StartAsync(Func<GitServiceWorld, string>? releases = null, string host = "local", string build = "", Func<GitServiceWorld, Task>? first = null, string more = "")
    {
        Needs.Parts(Part.Git, Part.Ssh);
        var world = new GitServiceWorld(await SshServer.StartAsync(), await GitWorkshop.OpenAsync());
        try
        {
            Directory.CreateDirectory(Path.Combine(world.Service, "shared"));
            await File.WriteAllTextAsync(world.Definition, $$"""
                schema: upgradeops/v1
                name: chat
                host: {{(host == "local" ? host : world.Server.Address)}}
                platform: { service: { directory: "{{world.Service}}", command: [/bin/busybox, httpd, -f, -p, "127.0.0.1:{{world.Port}}", -h, www], stopTimeout: 2s{{build}} } }
                releases: { git: "{{releases?.Invoke(world) ?? world.Address}}", channels: { main: "branch:main", stable: "v*" }, channel: stable }
                health: [ { http: "http://127.0.0.1:{{world.Port}}/health", version: version } ]
                healthTimeout: 20s
                state: { folder: "{{world.StateFolder}}/chat", backups: "{{world.StateFolder}}/backups" }
                {{more}}
                """);
            await (first?.Invoke(world) ?? world.ReleaseAsync("v1.0.0"));
            var installed = await world.UpdateAsync("--version", "v1.0.0");
            Assert.True(installed.Status == UpdateStatus.Kept, EngineJson.Write(installed, indented: true));
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Commits a version and tags it.</summary>
    public async Task<string> ReleaseAsync(string version, string? answers = null)
    {
        var commit = await Workshop.CommitAsync($"Release {version}", ("www/health", JsonSerializer.Serialize(new { version = answers ?? version })));
        await Workshop.TagAsync(version);
        return commit;
    }

    public async Task<UpdateResult> UpdateAsync(params string[] more) => (await RunAsync(null, ["update", Definition, "--yes", .. more])).Result;

    public Task<ConsoleOutcome> RunAsync(Func<ProgressEvent, bool>? killAt, params string[] arguments) => ConsoleProcess.RunAsync(killAt, Variables, arguments);

    public async Task<T> AskAsync<T>(params string[] arguments)
    {
        var outcome = await RunAsync(null, arguments);
        return outcome.Output.Length > 0 ? EngineJson.Read<T>(outcome.Output, ErrorIds.Unexpected, "the console") : throw new InvalidOperationException(outcome.ToString());
    }

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

    /// <summary>The process that serves: the same as long as nobody restarted it.</summary>
    public string Process() => File.ReadAllText(Path.Combine(Service, "run/app.pid"));

    /// <summary>What stands among the releases, without the records.</summary>
    public IReadOnlyList<string?> Releases() => [.. Directory.GetFileSystemEntries(Path.Combine(Service, "releases")).Select(Path.GetFileName).Where(n => n != ".records").Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Service, "run/app.pid")))
            await Command.RunAsync("kill", "-9", (await File.ReadAllLinesAsync(Path.Combine(Service, "run/app.pid")))[0]["pid=".Length..]);
        await Server.DisposeAsync();
        Workshop.Dispose();
        folder.Dispose();
    }
}
