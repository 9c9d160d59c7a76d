using System.Diagnostics;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Cli.Demo;

/// <summary>An update in a process of its own, killed with SIGKILL in the middle of the switch.</summary>
internal sealed class KilledUpdate(Sandbox sandbox, IProgressSink timeline)
{
    /// <summary>When this step is done, the old version is stopped, the link points to the new one, and the new one does not run yet.</summary>
    private const string KillAfter = "service.link";

    /// <returns>The process's number and exit code, and the step after which it was killed; null when it was never reached.</returns>
    public async Task<(int ProcessId, int ExitCode, string? KilledAfter)> RunAsync(string version, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            typeof(KilledUpdate).Assembly.Location, "update", "notes", "--version", version, "--yes", "--json", "--progress", "json",
            "--config-folder", sandbox.Config, "--state-folder", sandbox.State,
        ];
        var start = new ProcessStartInfo(Sandbox.Dotnet, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        string? killedAfter = null;
        try
        {
            while (killedAfter is null && await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
            {
                if (!line.StartsWith('{'))
                    continue;
                var progress = EngineJson.Read<ProgressEvent>(line, ErrorIds.Unexpected, "the update's progress");
                timeline.Report(progress);
                if (progress is { Kind: ProgressKind.StepDone, StepId: { } id } && id.Contains(KillAfter, StringComparison.Ordinal))
                    killedAfter = id;
            }
        }
        finally
        {
            // On Unix this is SIGKILL: nothing in the process gets to run after it.
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        return (process.Id, process.ExitCode, killedAfter);
    }
}
