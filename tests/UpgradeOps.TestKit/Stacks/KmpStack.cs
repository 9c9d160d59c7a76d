using System.Globalization;
using System.Text.Json.Nodes;

namespace UpgradeOps.TestKit;

/// <summary>
/// One KMP installation: its folder with compose file and .env, its containers, and its definition. The project has a name of
/// its own; <see cref="DisposeAsync"/> removes every container, volume and network that carries it.
/// </summary>
public sealed class KmpStack : IAsyncDisposable
{
    private readonly TempFolder folder;
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(10) };

    private Leftover? leftover;

    private KmpStack(TestImages images, KmpStackOptions options, TempFolder folder, int port)
    {
        (Images, Options, this.folder) = (images, options, folder);
        Project = Path.GetFileName(folder.Path);
        Url = new Uri($"http://127.0.0.1:{port}/");
        client.BaseAddress = Url;
    }

    public TestImages Images { get; }

    public KmpStackOptions Options { get; }

    /// <summary>The compose project's name: the folder's, as Compose takes it by itself. Also the name of the application.</summary>
    public string Project { get; }

    public string Folder => folder.Path;

    public string ComposeFile => folder["docker-compose.yml"];

    public string EnvFile => folder[".env"];

    public string DefinitionPath => folder[$"{Project}.yaml"];

    public Uri Url { get; }

    /// <summary>The uploads volume, as the engine names it.</summary>
    public string UploadsVolume => $"{Project}_kmp-uploads";

    /// <summary>Where Docker's client finds the registry's credentials, for DOCKER_CONFIG; null when it needs none.</summary>
    public string? DockerConfig { get; private set; }

    /// <summary>Writes the installation's files; nothing runs yet.</summary>
    public static async Task<KmpStack> CreateAsync(TestImages images, KmpStackOptions? options = null)
    {
        options ??= KmpStackOptions.Default;
        var folder = new TempFolder("kmp-");
        var port = FreePort.Next();
        var stack = new KmpStack(images, options, folder, port);
        stack.leftover = await Leftover.NoteAsync(stack.Folder, project: stack.Project);
        if (options.DockerHost is null)
            await EngineCache.HoldAsync(KmpImage.Repository, await KmpImage.BuildCommonAsync());
        var database = options.Database == DatabaseKind.None ? "" : await images.PublishDatabaseAsync(options.Database);
        await File.WriteAllTextAsync(stack.ComposeFile, KmpFiles.ComposeFile(options, images.Repository, database));
        await File.WriteAllTextAsync(stack.EnvFile, KmpFiles.EnvFile(options, port));
        await File.WriteAllTextAsync(stack.DefinitionPath, KmpFiles.Definition(options, stack.Project, stack.Folder, images, stack.Url));
        if (images.Registry.Options.Auth != RegistryAuth.Anonymous)
            await stack.WriteCredentialsAsync();
        return stack;
    }

    /// <summary>Writes the files and starts the installation, waiting until it is healthy.</summary>
    public static async Task<KmpStack> StartAsync(TestImages images, KmpStackOptions? options = null)
    {
        var stack = await CreateAsync(images, options);
        try
        {
            await stack.UpAsync();
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public async Task UpAsync()
    {
        (await ComposeAsync("up", "--detach", "--wait", "--quiet-pull")).Expect("docker compose up");
        await Until.TrueAsync(async () => await HealthAsync() is not null, TimeSpan.FromMinutes(2), $"{Url}health");
    }

    /// <summary>Runs <c>docker compose</c> in the installation's folder.</summary>
    public Task<CommandResult> ComposeAsync(params string[] arguments) =>
        new Command("docker", ["compose", .. arguments])
        {
            Folder = Folder,
            Environment = new Dictionary<string, string?>
            {
                ["DOCKER_CONFIG"] = DockerConfig ?? Environment.GetEnvironmentVariable("DOCKER_CONFIG"),
                ["DOCKER_HOST"] = Options.DockerHost ?? Environment.GetEnvironmentVariable("DOCKER_HOST"),
            },
        }.RunAsync();

    /// <summary>The health page's JSON, whatever its status.</summary>
    public async Task<JsonObject?> HealthAsync()
    {
        using var answer = await client.GetAsync("health");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync()) as JsonObject;
    }

    /// <summary>The version that the health page tells.</summary>
    public async Task<string?> VersionAsync() => (await HealthAsync())?["version"]?.GetValue<string>();

    /// <summary>Adds one row through the application; gives its id.</summary>
    public async Task<long> WriteAsync(string text = "row") =>
        long.Parse(await client.GetStringAsync($"write?text={text}"), CultureInfo.InvariantCulture);

    public async Task<long> RowsAsync() => long.Parse(await client.GetStringAsync("rows"), CultureInfo.InvariantCulture);

    /// <summary>Runs SQL in the database's container as its administrator; gives tab-separated lines without headers.</summary>
    public async Task<string> SqlAsync(string sql, string database = "kmp")
    {
        // The password is already in the container's environment: it never stands on a command line.
        string[] tool = Options.Database == DatabaseKind.Postgres
            ? ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-U", "kmp", "-d", database, "-c", sql]
            : ["sh", "-c", "MYSQL_PWD=$MARIADB_ROOT_PASSWORD exec mariadb -N -B -u root \"$1\" -e \"$2\"", "sql", database, sql];
        return (await ComposeAsync(["exec", "-T", "db", .. tool])).Expect(sql).TrimEnd('\n');
    }

    /// <summary>The id of a service's running container.</summary>
    public async Task<string> ContainerAsync(string service = "app") =>
        (await ComposeAsync("ps", "--quiet", service)).Expect("docker compose ps").Trim();

    /// <summary>Lets the installation outlive this process.</summary>
    public void Release() => leftover?.Forget();

    public async ValueTask DisposeAsync()
    {
        await ProjectCleaner.RemoveAsync(Project, Options.DockerHost);
        client.Dispose();
        folder.Dispose();
        leftover?.Forget();
    }

    private async Task WriteCredentialsAsync()
    {
        DockerConfig = Directory.CreateDirectory(folder["docker"]).FullName;
        Images.Registry.WriteDockerConfig(DockerConfig);
        await File.WriteAllTextAsync(folder[KmpFiles.RegistryPassword], Images.Registry.Options.Password);
    }
}
