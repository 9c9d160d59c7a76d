using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Stores;

/// <summary>A service (a shell script) with a folder of data, whose backups go to a bucket; worked with through the console alone.</summary>
internal sealed class ServedApp : IAsyncDisposable
{
    public const string Secret = "Canary4f1b2c/secret+access=key";

    private const string Serve = "trap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n";

    private readonly TempFolder _folder = new("served-");
    private readonly TcpListener _page = new(IPAddress.Loopback, 0);
    private readonly string _endpoint;
    private readonly string _bucket;

    public ServedApp(string endpoint, string bucket, string extra = "")
    {
        (_endpoint, _bucket) = (endpoint, bucket);
        _page.Start();
        _ = AnswerAsync();
        foreach (var version in new[] { "1.0.0", "1.1.0" })
        {
            Directory.CreateDirectory(_folder[$"in/{version}"]);
            File.WriteAllText(_folder[$"in/{version}/run"], Serve);
            File.WriteAllText(_folder[$"in/{version}/version"], version);
        }

        Directory.CreateDirectory(Data);
        Directory.CreateDirectory(_folder["srv/releases"]);
        File.WriteAllText(_folder["app.yaml"], $$"""
            schema: upgradeops/v1
            name: app
            platform: { service: { directory: "{{_folder["srv"]}}", command: [sh, run], stopTimeout: 5s } }
            releases: { folder: "{{_folder["in"]}}" }
            health: [ { http: "http://{{_page.LocalEndpoint}}/" } ]
            backups: [ { folder: shared/data }, { command: { name: gate, run: [sh, -c, "n=0; until [ -e {{GatePath}} ] || [ $n -gt 1200 ]; do sleep 0.05; n=$((n + 1)); done; echo open"] } } ]
            store:
              s3: { bucket: {{bucket}}, prefix: night, endpoint: "{{endpoint}}", accessKey: "env:STORE_ACCESS", secretKey: "file:{{_folder["secret"]}}" }
            {{extra}}
            """);
        File.WriteAllText(_folder["secret"], Secret + "\n");
        File.WriteAllText(GatePath, "");
    }

    public string Data => _folder["srv/shared/data"];

    public string DefinitionPath => _folder["app.yaml"];

    /// <summary>No backup goes on while this is not there.</summary>
    public string GatePath => _folder["gate"];

    public string StateFolder => _folder["state"];

    public string Backups => _folder["state/app/backups"];

    /// <summary>Where another machine keeps what it knows.</summary>
    public bool IsElsewhere { get; set; }

    public void Fill(int mebibytes) => File.WriteAllBytes(Path.Combine(Data, "large.bin"), RandomNumberGenerator.GetBytes(mebibytes << 20));

    /// <summary>Nothing is left but the definition and its secrets.</summary>
    public void LoseMachine()
    {
        Directory.Delete(_folder["srv"], recursive: true);
        Directory.CreateDirectory(_folder["srv"]);
        IsElsewhere = true;
    }

    public async Task StartAsync()
    {
        await ExpectAsync("register", DefinitionPath);
        await ExpectAsync("update", "app", "--version", "1.0.0", "--yes");
    }

    public Task<ConsoleOutcome> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    public Task<ConsoleOutcome> RunAsync(Func<UpgradeOps.Engine.Progress.ProgressEvent, bool>? killAt, params string[] arguments) => ConsoleProcess.RunAsync(killAt, Environment(), [.. arguments, .. Folders()]);

    /// <returns>With the most memory that the process ever had, in MiB.</returns>
    public async Task<(ConsoleOutcome Outcome, long PeakMebibytes)> MeasureAsync(params string[] arguments)
    {
        var peak = 0L;
        var outcome = await ConsoleProcess.WatchAsync(
            (_, process) =>
            {
                peak = Math.Max(peak, PeakOf(process.Id));
                return false;
            },
            Environment(),
            [.. arguments, .. Folders()]);
        return (outcome, peak);
    }

    public async Task<ConsoleOutcome> ExpectAsync(params string[] arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', arguments)}: {outcome}");
        return outcome;
    }

    public async Task AssertServesAsync(string version) =>
        Assert.Contains($"\"runningVersion\": \"{version}\"", (await ExpectAsync("status", "app")).Output, StringComparison.Ordinal);

    /// <summary>No file that an operation wrote, and nothing that it said, has the secret.</summary>
    public void AssertNoSecret(params ConsoleOutcome[] outcomes)
    {
        Assert.All(outcomes, o => Assert.DoesNotContain(Secret, o.ToString(), StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(StateFolder, "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length < 1 << 20))
            Assert.DoesNotContain(Secret, File.ReadAllText(file), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        var pid = _folder["srv/run/app.pid"];
        if (File.Exists(pid) && File.ReadAllLines(pid).FirstOrDefault(l => l.StartsWith("pid=", StringComparison.Ordinal)) is { } line)
            await Command.RunAsync("kill", "-9", line["pid=".Length..]);
        _page.Dispose();
        _folder.Dispose();
    }

    public override string ToString() => $"{_bucket} at {_endpoint}";

    private static Dictionary<string, string> Environment() => new() { ["STORE_ACCESS"] = "AKIATEST" };

    private string[] Folders() => ["--config-folder", _folder[IsElsewhere ? "config2" : "config"], "--state-folder", _folder[IsElsewhere ? "state2" : "state"]];

    private static long PeakOf(int process)
    {
        var status = $"/proc/{process}/status";
        var line = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)) : null;
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _page.AcceptTcpClientAsync();
                _ = await client.GetStream().ReadAsync(new byte[4096]);
                await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The test is over.
        }
    }
}
