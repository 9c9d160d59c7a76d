using System.Globalization;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

/// <summary>Durations as systemd prints them: <c>1min 30s</c>, <c>200ms</c>, <c>infinity</c>.</summary>
internal static class UnitTime
{
    private static readonly Dictionary<string, double> Seconds = new(StringComparer.Ordinal)
    {
        ["y"] = 31_557_600,
        ["month"] = 2_629_800,
        ["w"] = 604_800,
        ["d"] = 86_400,
        ["h"] = 3600,
        ["min"] = 60,
        ["s"] = 1,
        ["ms"] = 0.001,
        ["us"] = 0.000_001,
    };

    /// <returns>Null for <c>infinity</c>, and for what is no duration.</returns>
    public static TimeSpan? Parse(string text)
    {
        if (text == "0")
            return TimeSpan.Zero;
        var sum = 0.0;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var part in parts)
        {
            var digits = part.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            if (digits == 0 || !Seconds.TryGetValue(part[digits..], out var unit) || !double.TryParse(part[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return null;
            sum += number * unit;
        }

        return parts.Length == 0 || sum > TimeSpan.MaxValue.TotalSeconds / 2 ? null : TimeSpan.FromSeconds(sum);
    }
}
