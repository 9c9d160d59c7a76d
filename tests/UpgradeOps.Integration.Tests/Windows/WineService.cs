using System.Text.Json;

namespace UpgradeOps.Integration.Windows;

/// <summary>A Windows service of its own, with its application's folder and definition, on the fixture's machine.</summary>
internal sealed class WineService : IAsyncDisposable
{
    private static readonly string[] ServiceFiles = ["upgradeops-windowsservice.dll", "upgradeops-windowsservice.runtimeconfig.json"];

    private readonly WineFixture _fixture;
    private readonly int _port = FreePort.Next();

    private WineService(WineFixture fixture)
    {
        _fixture = fixture;
        Name = $"notes{fixture.Next()}";
    }

    public string Name { get; }

    public WineMachine Machine => _fixture.Machine;

    /// <summary>As this machine sees it.</summary>
    public string Folder => Path.Combine(Machine.Drive, "srv", Name);

    /// <summary>As Windows sees a path below it.</summary>
    public string Of(string path) => $@"C:\srv\{Name}\{path.Replace('/', '\\')}";

    public string? Link => new FileInfo(Path.Combine(Folder, "current")).LinkTarget is { } target ? Path.GetFileName(target) : null;

    public static async Task<WineService> CreateAsync(WineFixture fixture)
    {
        var service = new WineService(fixture);
        Directory.CreateDirectory(Path.Combine(service.Folder, "shared"));
        await File.WriteAllTextAsync(Path.Combine(service.Folder, "shared/notes.txt"), "buy milk\n");
        await File.WriteAllTextAsync(Path.Combine(service.Folder, "notes.yaml"), $$"""
            schema: upgradeops/v1
            name: {{service.Name}}
            platform: { service: { directory: '{{service.Of("")}}', supervisor: windows-service, name: {{service.Name}}, stopTimeout: 2s } }
            releases: { folder: '{{service.Of("in")}}' }
            health: [ { http: "http://127.0.0.1:{{service._port}}/health", version: version } ]
            healthTimeout: 20s
            backups: [ { folder: shared } ]
            """);
        var program = $"\"{service.Of("current/notes.exe")}\" --name {service.Name} --port {service._port} --log {service.Of("log/app.log")}";
        (await service.Machine.Command("sc.exe", "create", service.Name, "binPath=", program, "start=", "auto").RunAsync()).Expect("sc create");
        return service;
    }

    /// <param name="below">Where releases are: <c>in</c> (published) or <c>releases</c> (installed).</param>
    public void Publish(string version, string behaviour, string below = "in")
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, below, version)).FullName;
        foreach (var file in ServiceFiles)
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(folder, file));
        Machine.WriteProgram(Path.Combine(folder, "notes.exe"), ServiceFiles[0]);
        File.WriteAllText(Path.Combine(folder, "release.txt"), $"{version} {behaviour}");
    }

    public void Point(string version)
    {
        var link = Path.Combine(Folder, "current");
        File.Delete(link);
        File.CreateSymbolicLink(link, Path.Combine(Folder, "releases", version));
    }

    /// <summary>Runs an operation as a program of Windows.</summary>
    /// <param name="boundary">Where it kills itself; 0 to let it live.</param>
    public async Task<WineOutcome> RunAsync(string verb, string version = "-", int boundary = 0)
    {
        var ran = await Machine.Command(_fixture.Host, verb, Of("notes.yaml"), version, Of("config"), Of("state"), $"{boundary}").RunAsync();
        return new WineOutcome(ran.Output.Trim(), ran.Error);
    }

    /// <summary>Which version and which process answer; null when none does.</summary>
    public async Task<(string Version, int Process)?> AnswersAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = JsonDocument.Parse(await client.GetStringAsync($"http://127.0.0.1:{_port}/health"));
            return (answer.RootElement.GetProperty("version").GetString()!, answer.RootElement.GetProperty("process").GetInt32());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async Task NetAsync(string verb) => await Machine.Command("net.exe", verb, Name).RunAsync();

    public async ValueTask DisposeAsync()
    {
        await NetAsync("stop");
        await Machine.Command("sc.exe", "delete", Name).RunAsync();
    }
}
