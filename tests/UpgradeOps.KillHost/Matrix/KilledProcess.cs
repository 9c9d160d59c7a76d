using System.Diagnostics;
using System.Globalization;

namespace UpgradeOps.KillHost.Matrix;

/// <summary>What became of a process that was to be killed at a boundary.</summary>
/// <param name="KilledAt">The boundary; null when it lived to its end.</param>
/// <param name="Ended">The status it ended with; null when it was killed.</param>
/// <param name="Passed">How many boundaries it had when it lived; else 0.</param>
internal sealed record KilledProcess(string? KilledAt, string? Ended, int Passed)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // A killed runtime leaves its diagnostics' sockets behind; and nothing is worth compiling twice in a life of half a second.
    private static readonly KeyValuePair<string, string>[] ShortLife =
        [new("DOTNET_EnableDiagnostics", "0"), new("DOTNET_TC_CallCounting", "0"), new("DOTNET_GCgen0size", "0x4000000")];

    /// <param name="boundary">From 1; 0 lets it live.</param>
    /// <param name="delay">How long after the boundary the kill comes.</param>
    public static async Task<KilledProcess> RunAsync(IKillWorld world, string verb, string version, int boundary, TimeSpan delay, CancellationToken cancellationToken)
    {
        var folder = AppContext.BaseDirectory;
        var program = Path.Combine(folder, "UpgradeOps.KillHost");
        string[] arguments =
        [
            verb, world.AppName, version, world.ConfigFolder, world.StateFolder,
            boundary.ToString(CultureInfo.InvariantCulture), delay.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            world.UndoData?.ToString() ?? "-",
        ];
        var info = File.Exists(program)
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo("dotnet", [program + ".dll", .. arguments]);
        info.RedirectStandardOutput = info.RedirectStandardError = true;
        foreach (var (name, value) in world.Environment.Concat(ShortLife))
            info.Environment[name] = value;

        using var process = Process.Start(info)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Limit);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (After("ended ", lines) is { } ended && process.ExitCode == 0)
                return new KilledProcess(null, ended, int.Parse(After("passed ", lines) ?? "0", CultureInfo.InvariantCulture));
            const int killed = 128 + 9;
            return After("killed ", lines) is { } at && process.ExitCode == killed
                ? new KilledProcess(at, null, 0)
                : throw new KillMatrixException($"{verb} ended with exit code {process.ExitCode}: {await output} {await errors}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill();
            throw new KillMatrixException($"{verb} did not end within {Limit.TotalSeconds} s");
        }
    }

    private static string? After(string mark, string[] lines) =>
        lines.FirstOrDefault(l => l.StartsWith(mark, StringComparison.Ordinal))?[mark.Length..];
}
