using System.Diagnostics;

namespace UpgradeOps.WindowsHost;

/// <summary>Programs of the system below Wine.</summary>
internal static class UnixProgram
{
    /// <summary>Starts it, and nothing more: Wine gives no process in return, which the base library is not prepared for.</summary>
    public static void Run(string name, params IReadOnlyList<string> arguments)
    {
        var info = new ProcessStartInfo($@"Z:\bin\{name}", arguments) { UseShellExecute = false };
        try
        {
            Process.Start(info)?.Dispose();
        }
        catch (NullReferenceException)
        {
            // It was started.
        }
    }

    /// <summary>Where a path of Windows stands below.</summary>
    public static string PathOf(string path) => path[0] is 'Z' or 'z'
        ? path[2..].Replace('\\', '/')
        : $"{Environment.GetEnvironmentVariable("WINEPREFIX")}/drive_{char.ToLowerInvariant(path[0])}{path[2..].Replace('\\', '/')}";
}
