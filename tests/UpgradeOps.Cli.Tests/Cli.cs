using System.Diagnostics;
using UpgradeOps.Cli.Demo;

namespace UpgradeOps.Cli.Tests;

/// <summary>Runs the built console as a process, as a person or a script does.</summary>
internal static class Cli
{
    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "UpgradeOps.Cli.dll");

    public static Process Start(params IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(Sandbox.Dotnet, [Assembly, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(info)!;
        process.StandardInput.Close();
        return process;
    }

    public static async Task<Outcome> RunAsync(params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new Outcome(process.ExitCode, await output, await error);
    }
}

internal sealed record Outcome(int ExitCode, string Output, string Error);
