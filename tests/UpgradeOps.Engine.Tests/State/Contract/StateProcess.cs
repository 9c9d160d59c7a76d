using System.Diagnostics;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Json;
using UpgradeOps.KillHost;

namespace UpgradeOps.StateContract;

/// <summary>Another runner as a process of its own: it can be paused, and killed for real.</summary>
internal sealed class StateProcess : IAsyncDisposable
{
    private readonly Process _process;

    private StateProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <param name="prefix">A program that starts it, such as a shell with another umask; null for none.</param>
    public static StateProcess Start(string name, StateDefinition place, IReadOnlyDictionary<string, string>? environment = null, params string[] prefix)
    {
        string[] command = [.. prefix, Dotnet, typeof(StateHost.Program).Assembly.Location, name, EngineJson.Write(place)];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        return new StateProcess(Process.Start(start)!);
    }

    /// <summary>Sends a command and waits for its answer, without the leading <c>ok</c>.</summary>
    public async Task<string> DoAsync(string command)
    {
        var answer = await AskAsync(command);
        return answer.StartsWith("ok", StringComparison.Ordinal) ? answer[2..].Trim() : throw new InvalidOperationException($"{command}: {answer}");
    }

    /// <summary>Sends a command and waits for its answer, whatever it is.</summary>
    public async Task<string> AskAsync(string command)
    {
        await SendAsync(command);
        return await AnswerAsync();
    }

    public async Task SendAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
    }

    public async Task<string> AnswerAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(3)) ?? throw new EndOfStreamException("The process has ended.");

    public void Pause() => Signals.Send(Id, Signals.Stop);

    public void Continue() => Signals.Send(Id, Signals.Continue);

    /// <summary>SIGKILL; it is gone when this returns.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static string Dotnet =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
}
