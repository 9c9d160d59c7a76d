using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace UpgradeOps.Cli.Demo;

/// <summary>Everything of one demo, in one temporary folder that only its owner can read.</summary>
internal sealed class Sandbox
{
    /// <summary>The one version whose health page answers 503.</summary>
    private const string BadVersion = "1.2.0";

    private Sandbox(string folder, int port)
    {
        Folder = folder;
        Address = $"127.0.0.1:{port}";
    }

    public static string Dotnet { get; } =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    public string Folder { get; }

    public string Address { get; }

    public string Service => Path.Combine(Folder, "srv");

    public string Definition => Path.Combine(Folder, "notes.yaml");

    public string Config => Path.Combine(Folder, "config");

    public string State => Path.Combine(Folder, "state");

    private string Incoming => Path.Combine(Folder, "incoming");

    public static Sandbox Create()
    {
        var sandbox = new Sandbox(Directory.CreateTempSubdirectory("upgradeops-demo-").FullName, FreePort());
        Directory.CreateDirectory(Path.Combine(sandbox.Service, "shared", "data"));
        foreach (var version in new[] { "1.0.0", "1.1.0", BadVersion, "1.3.0" })
            sandbox.Publish(version);
        File.WriteAllText(sandbox.Definition, sandbox.DefinitionText());
        return sandbox;
    }

    /// <summary>Puts a release where it runs, as an installer does; it is not started yet.</summary>
    public void Install(string version)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Service, "releases", version)).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Incoming, version)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.CreateSymbolicLink(Path.Combine(Service, "current"), $"releases/{version}");
    }

    /// <summary>Processes of this sandbox: whatever works in its folder, or was started with a file of it.</summary>
    public IReadOnlyList<int> Processes() => Directory.EnumerateDirectories("/proc")
        .Select(p => int.TryParse(Path.GetFileName(p), out var id) ? id : 0)
        .Where(id => id > 0 && id != Environment.ProcessId && IsOurs(id))
        .ToList();

    /// <summary>Ends the application as its supervisor would, and whatever else still runs here.</summary>
    public async Task EndAllAsync()
    {
        foreach (var id in Processes())
            Signal(id, "TERM");
        var watch = Stopwatch.StartNew();
        while (Processes().Count > 0 && watch.Elapsed < TimeSpan.FromSeconds(5))
            await Task.Delay(20);
        foreach (var id in Processes())
            Signal(id, "KILL");
    }

    public void Delete() => Directory.Delete(Folder, recursive: true);

    private void Publish(string version)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Incoming, version)).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "demo", "notes")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(folder, "release.json"), $$"""{ "version": "{{version}}", "healthStatus": {{(version == BadVersion ? 503 : 200)}} }""" + "\n");
    }

    private string DefinitionText() => $$"""
        schema: upgradeops/v1
        name: notes
        platform:
          service:
            directory: "{{Service}}"
            supervisor: process
            command: ["{{Dotnet}}", Notes.dll, --listen, "{{Address}}"]
            environment: { NOTES_DATA: "{{Service}}/shared/data" }
            stopTimeout: 5s
        releases: { folder: "{{Incoming}}" }
        health:
          - http: http://{{Address}}/health
            version: version
            timeout: 2s
        healthTimeout: 5s
        backups: [ { folder: shared/data } ]
        bake: 1s
        onFailure: { data: keep }

        """;

    private bool IsOurs(int processId)
    {
        try
        {
            return new FileInfo($"/proc/{processId}/cwd").LinkTarget?.StartsWith(Folder, StringComparison.Ordinal) == true
                || File.ReadAllText($"/proc/{processId}/cmdline").Contains(Folder, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Signal(int processId, string signal)
    {
        // The shell's own: not every machine has the program.
        using var kill = Process.Start(new ProcessStartInfo("sh", ["-c", $"kill -{signal} \"$1\"", "sh", $"{processId}"]) { RedirectStandardError = true });
        kill?.WaitForExit();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
