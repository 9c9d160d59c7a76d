using System.Diagnostics;

namespace UpgradeOps.TestKit;

/// <summary>
/// A Docker Engine of a test's own, which may be restarted and pruned: own data, own socket, own bridge, no packet filter rules, so
/// that the machine's engine does not notice. It ends with the test process, however that ends.
/// </summary>
public sealed class SecondEngine : IAsyncDisposable
{
    // Asks the engine to end when the input does, and then makes sure.
    private const string Guard = """log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & server=$!; read -r _; kill $server; (sleep 30; kill -9 $server) 2>/dev/null & wait $server""";

    private readonly TempFolder folder = new("engine-");
    private readonly int network = Random.Shared.Next(256);
    private Process? guard;

    // An engine removes docker0, whosever it is: with `--bridge none` when it starts, with `--default-address-pool` when it starts again.
    private string Bridge => $"upops{network}";

    private SecondEngine()
    {
    }

    /// <summary>For the networks of its containers: one that the machine's engine does not give out.</summary>
    public string Subnet => $"10.231.{network}.0/24";

    /// <summary>For <c>DOCKER_HOST</c>.</summary>
    public string Address => $"unix://{folder["docker.sock"]}";

    public static async Task<SecondEngine> StartAsync()
    {
        var engine = new SecondEngine();
        (await new Command("ip", "link", "add", engine.Bridge, "type", "bridge").RunAsync()).Expect("ip link add");
        (await new Command("ip", "address", "add", $"10.232.{engine.network}.1/24", "dev", engine.Bridge).RunAsync()).Expect("ip address add");
        await engine.BootAsync();
        return engine;
    }

    /// <summary>As <c>systemctl restart docker</c> does: its containers are stopped, and those whose policy says so started again.</summary>
    /// <returns>When it is down; the inner task when it is up again.</returns>
    public async Task<Task> RestartAsync()
    {
        await EndAsync();
        return BootAsync();
    }

    public async Task<string> RunAsync(params string[] arguments) =>
        (await new Command("docker", arguments) { Environment = new Dictionary<string, string?> { ["DOCKER_HOST"] = Address } }.RunAsync()).Expect($"docker {string.Join(' ', arguments)}");

    public async ValueTask DisposeAsync()
    {
        if (guard is not null)
        {
            var left = (await RunAsync("ps", "--all", "--quiet")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (left.Length > 0)
                await RunAsync(["rm", "--force", .. left]);
            // Their bridges would outlive the engine.
            await RunAsync("network", "prune", "--force");
            await EndAsync();
        }

        await new Command("ip", "link", "delete", Bridge).RunAsync();
        folder.Dispose();
    }

    private async Task BootAsync()
    {
        var others = HasOthersBridge;
        string[] engine =
        [
            ProgramPath.Get("dockerd"), "--data-root", folder["data"], "--exec-root", folder["exec"], "--host", Address, "--pidfile", folder["pid"], "--bridge", Bridge,
            "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false",
        ];
        guard = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Guard, "engine", folder["log"], .. engine]) { RedirectStandardInput = true })!;
        await Until.TrueAsync(
            async () => (await new Command("docker", "version") { Environment = new Dictionary<string, string?> { ["DOCKER_HOST"] = Address } }.RunAsync()).ExitCode == 0,
            TimeSpan.FromSeconds(60), $"second Docker Engine, log: {folder["log"]}");
        if (others && !HasOthersBridge)
            throw new InvalidOperationException("The second engine has removed docker0, which is the machine's engine's.");
    }

    private static bool HasOthersBridge => Directory.Exists("/sys/class/net/docker0");

    private async Task EndAsync()
    {
        guard!.StandardInput.Close();
        await guard.WaitForExitAsync();
        guard.Dispose();
        guard = null;
    }
}
