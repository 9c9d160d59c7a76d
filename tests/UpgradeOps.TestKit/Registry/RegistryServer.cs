using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace UpgradeOps.TestKit;

/// <summary>
/// Debian's image registry on a free loopback port, with a storage folder of its own. When it ends, the engine forgets what it
/// pulled from it.
/// </summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private const string Uncounted = "upgradeops-testkit";

    private readonly TempFolder folder = new("upgradeops-registry-");
    private readonly int port = FreePort.Next();
    private ServerProcess? process;
    private Leftover? leftover;

    private RegistryServer(RegistryOptions options) => Options = options;

    public RegistryOptions Options { get; }

    /// <summary>Host and port, as they stand at the front of an image's name.</summary>
    public string Host => $"127.0.0.1:{port}";

    public Uri BaseAddress => new($"{(Options.IsSecure ? "https" : "http")}://{Host}/");

    /// <summary>Who signed the certificate; null without TLS.</summary>
    public TestAuthority? Authority { get; private set; }

    /// <summary>Who gives out tokens; null without bearer authentication.</summary>
    public TokenServer? Tokens { get; private set; }

    public string StorageFolder => folder["storage"];

    /// <summary>The process that ends a detached registry.</summary>
    public ProcessIdentity Process => process!.Identity;

    /// <summary>The folder to remove when a detached registry ends.</summary>
    public string Folder => folder.Path;

    public static async Task<RegistryServer> StartAsync(RegistryOptions? options = null)
    {
        var registry = new RegistryServer(options ?? RegistryOptions.Open);
        await registry.PrepareAsync();
        await registry.ResumeAsync();
        return registry;
    }

    /// <summary>Takes the registry off the network; storage, port and certificates stay.</summary>
    public async Task PauseAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        process = null;
    }

    public async Task ResumeAsync()
    {
        process = ServerProcess.Start(folder["log"], Options.Detached, ProgramPath.Get("docker-registry"), "serve", folder["config.yml"]);
        using var client = CreateUncounted();
        await Until.TrueAsync(async () => (await client.GetAsync("v2/")).StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized,
            TimeSpan.FromSeconds(15), $"registry at {BaseAddress}, log: {File.ReadAllText(folder["log"])}");
    }

    /// <summary>A client without credentials that trusts the registry's certificate.</summary>
    public HttpClient CreateClient() => new(Authority?.CreateHandler() ?? new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        BaseAddress = BaseAddress,
    };

    /// <summary>A client that may push to and read a repository; its requests are not counted.</summary>
    public HttpClient CreateOwner(string repository)
    {
        var client = CreateUncounted();
        client.DefaultRequestHeaders.Authorization = Options.Auth switch
        {
            RegistryAuth.Basic => new AuthenticationHeaderValue("Basic", Options.BasicCredentials),
            RegistryAuth.Bearer => new AuthenticationHeaderValue("Bearer", Tokens!.Tokens.Sign(Options.User,
                [new TokenAccess("repository", repository, ["pull", "push", "delete"])], TimeSpan.FromMinutes(5))),
            _ => null,
        };
        return client;
    }

    public ImagePush Push(string repository) => new(CreateOwner(repository), repository);

    /// <summary>Writes a Docker client configuration (a folder for DOCKER_CONFIG) that holds this registry's credentials.</summary>
    public void WriteDockerConfig(string configFolder) => File.WriteAllText(Path.Combine(configFolder, "config.json"), new JsonObject
    {
        ["auths"] = new JsonObject { [Host] = new JsonObject { ["auth"] = Options.BasicCredentials } },
    }.ToJsonString());

    /// <summary>All requests answered so far, in order, the rig's own left out.</summary>
    public async Task<IReadOnlyList<RegistryRequest>> RequestsAsync()
    {
        // The log is written a moment after an answer: once this one is in it, so is everything before.
        var mark = $"/v2/{Guid.NewGuid():N}/";
        using (var client = CreateUncounted())
        using (await client.GetAsync(mark))
        {
        }
        RegistryRequest[] all = [];
        await Until.TrueAsync(async () => (all = await ReadLogAsync()).Any(r => r.Path == mark), TimeSpan.FromSeconds(5), "registry's log");
        return [.. all.Where(r => r.UserAgent != Uncounted)];
    }

    public async ValueTask DisposeAsync()
    {
        await PauseAsync();
        await EngineCache.ForgetAsync(Host);
        if (Tokens is not null)
            await Tokens.DisposeAsync();
        Authority?.Dispose();
        folder.Dispose();
        leftover?.Forget();
    }

    private async Task<RegistryRequest[]> ReadLogAsync() =>
        [.. (await File.ReadAllLinesAsync(folder["log"])).Select(RegistryRequest.Parse).OfType<RegistryRequest>()];

    private HttpClient CreateUncounted()
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Add("User-Agent", Uncounted);
        return client;
    }

    private async Task PrepareAsync()
    {
        if (!Options.Detached)
            leftover = await Leftover.NoteAsync(folder.Path, registry: Host);
        await File.WriteAllTextAsync(folder["log"], "");
        if (Options.IsSecure)
        {
            Authority = new TestAuthority();
            Authority.Write(folder.Path);
        }
        if (Options.Auth == RegistryAuth.Bearer)
            Tokens = await TokenServer.StartAsync(Options, Authority!);
        if (Options.Auth == RegistryAuth.Basic)
            await File.WriteAllTextAsync(folder["htpasswd"], await Command.OutputAsync("htpasswd", "-nbBC", "4", Options.User, Options.Password));
        await File.WriteAllTextAsync(folder["config.yml"], RegistryConfiguration.Render(this, Host));
    }
}
