using System.Globalization;
using System.Text;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors;

/// <summary>
/// The file in which a process wrote down who it is before it became the application. It appears whole (by a hard link), and
/// only where there is none: of two starts one wins.
/// </summary>
internal static class PidFile
{
    /// <returns>Not yet looked at whether it lives; null when the text is none of ours.</returns>
    public static ServiceProcess? Parse(ReadOnlySpan<byte> bytes)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                values[line[..equals]] = line[(equals + 1)..];
        }

        return int.TryParse(values.GetValueOrDefault("pid"), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(values.GetValueOrDefault("start"), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            && values.TryGetValue("boot", out var boot)
            && values.TryGetValue("release", out var release)
            && pid > 1
                ? new ServiceProcess(pid, start, boot, release, IsAlive: false)
                : null;
    }
}
