using System.Globalization;
using System.Text;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors;

/// <summary>What <c>/proc/PID/stat</c> tells about a process.</summary>
/// <param name="State">One letter; Z and X are dead.</param>
/// <param name="StartTime">Field 22: clock ticks since the machine's start.</param>
internal readonly record struct ProcessStat(char State, long StartTime)
{
    private const int StartTimeAfterName = 19;

    /// <summary>True when it stands still until it is told to go on.</summary>
    public bool IsStopped => State == 'T';

    public bool IsAlive => State is not ('Z' or 'X' or 'x');

    public static ProcessStat? Parse(ReadOnlySpan<byte> bytes)
    {
        // The name stands in parentheses and may itself hold spaces and parentheses: what follows the last one is certain.
        var text = Encoding.UTF8.GetString(bytes);
        var name = text.LastIndexOf(')');
        if (name < 0)
            return null;
        var fields = text[(name + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > StartTimeAfterName
            && long.TryParse(fields[StartTimeAfterName], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                ? new ProcessStat(fields[0][0], start)
                : null;
    }
}
