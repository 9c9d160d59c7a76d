using System.Globalization;
using System.Text;
using System.Text.Json;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;
using UpgradeOps.KillHost;

namespace UpgradeOps.Integration.GitHub;

/// <summary>A service whose releases are archives on GitHub, here or on a real SSH server, and the console. A release is a web server whose page tells the version.</summary>
internal sealed class GitHubServiceWorld : IAsyncDisposable
{
    private readonly TempFolder folder = new("githubservice-");

    private readonly string ending;
    private readonly string wrap;

    private GitHubServiceWorld(GitHubServer github, SshServer? ssh, string ending, string wrap) => (GitHub, Ssh, this.ending, this.wrap) = (github, ssh, ending, wrap);

    public GitHubServer GitHub { get; }

    public SshServer? Ssh { get; }

    public string Service => folder["host/srv 'notes'"];

    public string Definition => folder["notes.yaml"];

    public string StateFolder => folder["state"];

    public int Port { get; } = FreePort.Next();

    public EngineSession Session => new(new EngineOptions { ConfigFolder = Variables["UPGRADEOPS_CONFIG"], StateFolder = StateFolder }) { Variable = name => Variables.GetValueOrDefault(name) };

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>v1.0.0 runs.</summary>
    /// <param name="more">More of <c>releases.github</c>.</param>
    /// <param name="ending">Of its assets: what they are packed with.</param>
    /// <param name="wrap">The folder in which all of an archive stands, with a slash; empty for none.</param>
    public static async Task<GitHubServiceWorld> StartAsync(bool remote = false, string more = "", string ending = ".tar.gz", string wrap = "")
    {
        var world = new GitHubServiceWorld(await GitHubServer.StartAsync(), remote ? await SshServer.StartAsync() : null, ending, wrap);
        try
        {
            await world.WriteAsync($"notes_{{version}}_linux_amd64{ending}", more);
            world.Publish("v1.0.0");
            var installed = await world.UpdateAsync("--version", "v1.0.0");
            Assert.True(installed.Status == UpdateStatus.Kept, EngineJson.Write(installed, indented: true));
            world.GitHub.Forget();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public Task WriteAsync(string asset, string more)
    {
        Variables["UPGRADEOPS_STATE"] = StateFolder;
        Variables["UPGRADEOPS_CONFIG"] = folder["config"];
        Variables["UPGRADEOPS_SSH_PATIENCE"] = "20";
        if (Ssh is not null)
            Variables["UPGRADEOPS_SSH_CONFIG"] = Ssh.ConfigurationFile;
        Directory.CreateDirectory(Path.Combine(Service, "shared"));
        return File.WriteAllTextAsync(Definition, $$"""
            schema: upgradeops/v1
            name: notes
            host: {{Ssh?.Address ?? "local"}}
            platform: { service: { directory: "{{Service}}", command: [./run, "127.0.0.1:{{Port}}"], stopTimeout: 2s } }
            releases:
              github: { repository: {{GitHubServer.Repository}}, asset: "{{asset}}", api: "{{GitHub.Api}}"{{more}} }
              channels: { stable: "v*", beta: "*-rc*" }
            health: [ { http: "http://127.0.0.1:{{Port}}/health", version: version } ]
            healthTimeout: 20s
            state: { folder: "{{folder["host/state"]}}" }
            """);
    }

    /// <param name="filler">Bytes that cannot be packed.</param>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Files(string version, string? answers = null, int filler = 0)
    {
        var random = new byte[filler];
        new Random(version.GetHashCode(StringComparison.Ordinal)).NextBytes(random);
        return
        [
            ("run", "#!/bin/sh\nexec /bin/busybox httpd -f -p \"$1\" -h www\n"u8.ToArray()),
            ("www/health", Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { version = answers ?? version }))),
            ("filler", random),
        ];
    }

    public void Publish(string tag, string? answers = null, int filler = 0, bool prerelease = false)
    {
        var files = Files(tag, answers, filler).Select(f => ($"{wrap}{f.Name}", f.Bytes));
        var bytes = ending switch
        {
            ".zip" => ReleaseArchives.Zip(files),
            ".tar.zst" => ReleaseArchives.TarZst(files),
            _ => ReleaseArchives.TarGz(files),
        };
        GitHub.Publish(ReleaseArchives.Release(tag, ($"notes_{tag[1..]}_linux_amd64{ending}", bytes)) with { Prerelease = prerelease, Body = $"## What {tag} brings\n\n- Notes" });
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

    /// <summary>Files of this machine that are on their way to the host.</summary>
    public IReadOnlyList<string> Downloads() => Directory.Exists(Path.Combine(StateFolder, "notes/downloads")) ? Directory.GetFiles(Path.Combine(StateFolder, "notes/downloads")) : [];

    public string Record(string version) => File.ReadAllText(Path.Combine(Service, "releases/.records", version + ".json"));

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Service, "run/app.pid")))
            Signals.Send(int.Parse((await File.ReadAllLinesAsync(Path.Combine(Service, "run/app.pid")))[0]["pid=".Length..], CultureInfo.InvariantCulture), Signals.Kill);
        await GitHub.DisposeAsync();
        if (Ssh is not null)
            await Ssh.DisposeAsync();
        folder.Dispose();
    }
}
