using System.Globalization;
using UpgradeOps.KillHost;

namespace UpgradeOps.Cli.Tests.Kills;

/// <summary>The processes that work in a folder, whoever started them.</summary>
internal sealed class FolderProcesses(string folder)
{
    /// <returns>The session of each.</returns>
    public List<string> Sessions() => Directory.EnumerateDirectories("/proc")
        .Select(p => int.TryParse(Path.GetFileName(p), out var id) ? id : 0)
        .Where(id => id > 0 && WorksHere(id))
        .Select(SessionOf)
        .OfType<string>()
        .ToList();

    public void Kill()
    {
        foreach (var session in Sessions().Distinct())
            Signals.Send(-int.Parse(session, CultureInfo.InvariantCulture), Signals.Kill);
    }

    private bool WorksHere(int processId)
    {
        try
        {
            return new FileInfo($"/proc/{processId}/cwd").LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <returns>Null when it has ended meanwhile.</returns>
    private static string? SessionOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
