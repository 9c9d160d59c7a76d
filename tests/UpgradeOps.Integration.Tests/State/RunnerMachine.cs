using System.Diagnostics;

namespace UpgradeOps.Integration.State;

/// <summary>A container as a machine with the console on it. What it shares with others is one folder, mounted at the same place.</summary>
internal sealed class RunnerMachine : IAsyncDisposable
{
    private readonly string _id;

    private RunnerMachine(string id) => _id = id;

    public static async Task<RunnerMachine> StartAsync(string name, MachineNetwork network, string folder)
    {
        var image = await LocalImage.LoadAsync("runner", await RunnerImage.GetAsync());
        var id = await Command.OutputAsync(
            "docker", "run", "--detach", "--hostname", name, "--network", network.Name, "--volume", "/usr:/usr:ro", "--volume", $"{Dotnet}:{Dotnet}:ro",
            "--volume", $"{AppContext.BaseDirectory}:{AppContext.BaseDirectory}:ro", "--volume", $"{folder}:{folder}", image);
        return new RunnerMachine(id.Trim());
    }

    public Task<CommandResult> ConsoleAsync(params string[] arguments) => Command.RunAsync("docker", [.. Exec, .. arguments]);

    /// <summary>Runs the console until it says something, and then leaves it running.</summary>
    /// <returns>The console, for whoever wants to wait for it.</returns>
    public async Task<Process> ConsoleUntilAsync(Func<string, bool> said, params string[] arguments)
    {
        var start = new ProcessStartInfo("docker", [.. Exec, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var all = new List<string>();
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            all.Add(line);
            if (said(line))
            {
                return process;
            }
        }

        throw new InvalidOperationException($"It ended before: {string.Join('\n', all)}");
    }

    public Task PauseAsync() => Command.OutputAsync("docker", "pause", _id);

    /// <summary>Power off: everything on it is gone, and nobody is told.</summary>
    public Task PowerOffAsync() => Command.OutputAsync("docker", "rm", "--force", _id);

    public async ValueTask DisposeAsync() => await Command.RunAsync("docker", "rm", "--force", _id);

    private string[] Exec => ["exec", _id, $"{Dotnet}/dotnet", Path.Combine(AppContext.BaseDirectory, "UpgradeOps.Cli.dll")];

    // …/shared/Microsoft.NETCore.App/10.0.0/
    private static string Dotnet => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
}
