using System.Diagnostics;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Updates;

/// <summary>The built console as a process of its own, which a test can kill with a real SIGKILL at a moment that its progress tells.</summary>
internal static class ConsoleProcess
{
    private static string Assembly => Path.Combine(AppContext.BaseDirectory, "UpgradeOps.Cli.dll");

    /// <summary>Runs until something is seen elsewhere, such as a file that a command of it writes; then nothing in it runs any more.</summary>
    public static async Task KillWhenAsync(Func<bool> seen, IReadOnlyDictionary<string, string>? environment, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(Info(arguments, environment))!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        for (var waited = Stopwatch.StartNew(); !seen();)
        {
            if (process.HasExited || waited.Elapsed > TimeSpan.FromMinutes(2))
                throw new InvalidOperationException($"It never came to that: {string.Join('\n', await said.WaitAsync(TimeSpan.FromSeconds(10)))}");
            await Task.Delay(20);
        }

        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Runs to the end, or to the first event that <paramref name="killAt"/> accepts; then nothing in it runs any more.</summary>
    public static Task<ConsoleOutcome> RunAsync(
        Func<ProgressEvent, bool>? killAt, IReadOnlyDictionary<string, string>? environment, params IEnumerable<string> arguments) =>
        WatchAsync(killAt is null ? null : (progress, _) => killAt(progress), environment, arguments);

    /// <summary>The same for who wants to see the process too.</summary>
    public static async Task<ConsoleOutcome> WatchAsync(
        Func<ProgressEvent, Process, bool>? killAt, IReadOnlyDictionary<string, string>? environment, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(Info(arguments, environment))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = new List<string>();
        ProgressEvent? killedAt = null;
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            errors.Add(line);
            if (killAt is not null && killedAt is null && line.StartsWith('{') && EngineJson.Read<ProgressEvent>(line, ErrorIds.Unexpected, "progress") is { } progress && killAt(progress, process))
            {
                killedAt = progress;
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        return new ConsoleOutcome(process.ExitCode, await output, string.Join('\n', errors), killedAt);
    }

    private static ProcessStartInfo Info(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var info = new ProcessStartInfo(
            Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet", [Assembly, .. arguments, "--json", "--progress", "json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        return info;
    }
}

internal sealed record ConsoleOutcome(int ExitCode, string Output, string Error, ProgressEvent? KilledAt)
{
    public UpdateResult Result => EngineJson.Read<UpdateResult>(Output, ErrorIds.Unexpected, "the console's answer");

    public override string ToString() => $"exit {ExitCode}, killed at {KilledAt?.Kind} {KilledAt?.StepId}\n{Output}\n{Error}";
}
