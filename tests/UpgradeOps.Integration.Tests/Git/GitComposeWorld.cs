using System.Text.Json;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Git;

/// <summary>
/// A Compose application whose image is built of a git repository on a real SSH server, in a folder that is a checkout of it, as its admin installed it: by
/// <c>git clone</c> and <c>docker compose up --build</c>. And the console. A release is a web server whose page tells the version.
/// </summary>
internal sealed class GitComposeWorld : IAsyncDisposable
{
    public const string Password = "s3cretOfTheDatabase";

    private readonly TempFolder folder = new("gitcompose-");

    private GitComposeWorld(SshServer server, GitWorkshop workshop, string image) => (Server, Workshop, BaseImage) = (server, workshop, image);

    public SshServer Server { get; }

    public GitWorkshop Workshop { get; }

    public string BaseImage { get; }

    public string App => folder["app"];

    public string Definition => folder["chat.yaml"];

    public string Project => Path.GetFileName(folder.Path);

    public int Port { get; } = FreePort.Next();

    public string StateFolder => folder["state"];

    public string Address => $"ssh://{Environment.UserName}@127.0.0.1:{Server.Port}{Workshop.Origin}";

    /// <summary>What of the folder is this machine's own.</summary>
    public const string Ignored = ".env\nconf/\nsecrets/\n";

    public string ComposeFile => Path.Combine(App, "docker-compose.yml");

    public Dictionary<string, string> Variables => new()
    {
        ["GIT_SSH_COMMAND"] = $"ssh -F '{Server.ConfigurationFile}'",
        ["UPGRADEOPS_SSH_CONFIG"] = Server.ConfigurationFile,
        ["UPGRADEOPS_SSH_PATIENCE"] = "20",
        ["UPGRADEOPS_STATE"] = StateFolder,
        ["UPGRADEOPS_CONFIG"] = folder["config"],
    };

    /// <summary>v1.0.0 runs, as its admin built it.</summary>
    /// <param name="compose">Of a service: more lines.</param>
    public static Task<GitComposeWorld> StartAsync(string compose = "", string host = "local") =>
        StartAsync(w => w.ReleaseAsync("v1.0.0", compose), "app", "channels: { main: \"branch:main\", stable: \"v*\" }, channel: stable", "", host);

    /// <param name="first">Publishes v1.0.0.</param>
    /// <param name="channels">Of <c>releases:</c>.</param>
    /// <param name="more">Lines of the definition.</param>
    public static async Task<GitComposeWorld> StartAsync(Func<GitComposeWorld, Task> first, string service, string channels, string more, string host = "local")
    {
        Needs.Parts(Part.Git, Part.Ssh, Part.Docker, Part.Compose);
        var image = await LocalImage.LoadAsync("runner", await RunnerImage.GetAsync());
        var world = new GitComposeWorld(await SshServer.StartAsync(), await GitWorkshop.OpenAsync(), image);
        try
        {
            await first(world);
            await Command.OutputAsync("git", "clone", "-q", world.Workshop.Origin, world.App);
            Directory.CreateDirectory(Path.Combine(world.App, "conf"));
            await File.WriteAllTextAsync(Path.Combine(world.App, "conf/here"), "of this machine");
            await File.WriteAllTextAsync(Path.Combine(world.App, ".env"), $"PORT={world.Port}\nWHO=it's $$me\nDB_PASSWORD={Password}\nCOMPOSE_PROJECT_NAME={world.Project}\n");
            Directory.CreateDirectory(Path.Combine(world.App, "secrets"));
            await File.WriteAllTextAsync(Path.Combine(world.App, "secrets/jwt"), "made here");
            await File.WriteAllTextAsync(world.Definition, $$"""
                schema: upgradeops/v1
                name: {{world.Project}}
                host: {{(host == "local" ? host : world.Server.Address)}}
                platform: { compose: { directory: "{{world.App}}", service: {{service}}, build: { timeout: 5m } } }
                releases: { git: "{{(host == "local" ? world.Address : world.Workshop.Origin)}}", {{channels}} }
                health: [ { http: "http://127.0.0.1:{{world.Port}}/health", version: version } ]
                healthTimeout: 60s
                state: { folder: "{{world.StateFolder}}/chat", backups: "{{world.StateFolder}}/backups" }
                {{more}}
                """);
            await world.ComposeAsync("up", "--detach", "--build");
            await Until.TrueAsync(async () => await world.RunningAsync() == "v1.0.0", TimeSpan.FromMinutes(1), "v1.0.0", default);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Commits a version and tags it.</summary>
    /// <param name="compose">More of the service.</param>
    /// <param name="run">What the build does.</param>
    /// <param name="more">More services.</param>
    /// <param name="mounts">More of what the service mounts; each with a comma before it.</param>
    /// <param name="files">More files, or others.</param>
    public async Task<string> ReleaseAsync(
        string version, string compose = "", string run = "true", string more = "", string dockerfile = "Dockerfile", string volume = "data", string mounts = "", params (string Path, string Text)[] files)
    {
        (string Path, string Text)[] all =
        [
            (".gitignore", Ignored),
            ("docker-compose.yml", $$"""
                services:
                  app:
                    build: { context: ., dockerfile: {{dockerfile}}, args: { WHO: "${WHO}", COMMIT: "${UPGRADEOPS_COMMIT:-by hand}" } }
                    env_file: .env
                    restart: unless-stopped
                    ports: ["127.0.0.1:${PORT}:8080"]
                    volumes: ["{{volume}}:/data", "./conf:/www/conf:ro"{{mounts}}]{{compose}}
                {{more}}
                volumes:
                  {{volume}}:

                """),
            ("Dockerfile", $$"""
                FROM {{BaseImage}}
                ARG WHO COMMIT
                COPY www /www
                RUN --mount=type=cache,target=/cache,id={{Project}} echo x >>/cache/{{version}}; wc -l </cache/{{version}} >/www/count; echo "$WHO $COMMIT" >/www/said; {{run}}
                COPY start.sh /start.sh
                ENTRYPOINT ["sh", "/start.sh"]

                """),
            ("start.sh", "trap 'exit 0' TERM\necho $GREETING >/www/greeting\necho ran >>/data/rows\nln -sf /data/rows /www/rows\nhttpd -f -p 8080 -h /www &\nwhile :; do sleep 0.1; done\n"),
            ("www/health", Health(version)),
        ];
        var commit = await Workshop.CommitAsync($"Release {version}", [.. all.ExceptBy(files.Select(f => f.Path), f => f.Path), .. files]);
        await Workshop.TagAsync(version);
        return commit;
    }

    public static string Health(string version) => JsonSerializer.Serialize(new { version });

    public Task<string> ComposeAsync(params string[] arguments) => RunAsync("docker", ["compose", .. arguments]);

    /// <summary>Runs a command in the folder; it must succeed.</summary>
    public async Task<string> RunAsync(string command, params string[] arguments) =>
        (await new Command(command, [.. arguments]) { Folder = App }.RunAsync()).Expect(command);

    public async Task<UpdateResult> UpdateAsync(params string[] more) => (await ConsoleAsync(null, ["update", Definition, "--yes", .. more])).Result;

    public Task<ConsoleOutcome> ConsoleAsync(Func<ProgressEvent, bool>? killAt, params string[] arguments) => ConsoleProcess.RunAsync(killAt, Variables, arguments);

    public async Task<T> AskAsync<T>(params string[] arguments)
    {
        var outcome = await ConsoleAsync(null, arguments);
        return outcome.Output.Length > 0 ? EngineJson.Read<T>(outcome.Output, ErrorIds.Unexpected, "the console") : throw new InvalidOperationException(outcome.ToString());
    }

    /// <summary>A page of the application; null when it does not answer.</summary>
    public async Task<string?> PageAsync(string page)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            return (await client.GetStringAsync($"http://127.0.0.1:{Port}/{page}")).Trim();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async Task<string?> RunningAsync() =>
        await PageAsync("health") is { } page ? JsonSerializer.Deserialize<JsonElement>(page).GetProperty("version").GetString() : null;

    /// <summary>Id and image of the container that serves.</summary>
    public async Task<string> ContainerAsync(string service = "app") =>
        (await RunAsync("docker", "ps", "--no-trunc", "--filter", $"label=com.docker.compose.project={Project}", "--filter", $"label=com.docker.compose.service={service}", "--format", "{{.ID}}")).Trim();

    public async Task<string> ImageOfAsync(string container) => (await RunAsync("docker", "inspect", "--format", "{{.Image}}", container)).Trim();

    public async ValueTask DisposeAsync()
    {
        await ProjectCleaner.RemoveAsync(Project);
        // What a restore kept aside carries no label of the project.
        await RemoveAsync(["volume", "ls", "--quiet", "--filter", $"name={Project}_"], ["volume", "rm", "--force"]);
        await RemoveAsync(["container", "ls", "--all", "--quiet", "--filter", $"label=upgradeops.app={Project}"], ["container", "rm", "--force", "--volumes"]);
        await RemoveAsync(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter", $"label=com.docker.compose.project={Project}"], ["image", "rm", "--force"]);
        await Server.DisposeAsync();
        Workshop.Dispose();
        folder.Dispose();
    }

    private static async Task RemoveAsync(string[] list, string[] remove)
    {
        var found = (await Command.OutputAsync("docker", list)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(n => !n.Contains("<none>")).ToList();
        if (found.Count > 0)
            await Command.OutputAsync("docker", [.. remove, .. found]);
    }
}
