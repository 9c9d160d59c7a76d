using System.Globalization;

namespace UpgradeOps.Cli.Output;

/// <summary>Sizes, times and moments as people read them.</summary>
internal static class Units
{
    private const int Longest = 80;

    private static readonly string[] Names = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Bytes(long bytes)
    {
        double value = bytes;
        var unit = 0;
        for (; value >= 1024 && unit < Names.Length - 1; unit++)
            value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Names[unit]}");
    }

    public static string Duration(double? seconds) => seconds switch
    {
        null => "",
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)} min {seconds % 60:0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)} h {seconds % 3600 / 60:0} min"),
    };

    public static string Age(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.TotalSeconds):0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} d"),
    };

    /// <summary>In UTC, as everything that is recorded.</summary>
    public static string Moment(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    public static string Progress(long? done, long? total) => (done, total) switch
    {
        (null, _) => "",
        ({ } part, { } whole) when whole > 0 => string.Create(CultureInfo.InvariantCulture, $" {Bytes(part)} of {Bytes(whole)} ({100.0 * part / whole:0} %)"),
        ({ } part, _) => $" {Bytes(part)}",
    };

    public static string ShortDigest(string? digest) => digest is null ? "" : digest.Length > 19 ? digest[..19] : digest;

    /// <summary>For a table; the whole text is in the JSON.</summary>
    public static string Short(string? text) => text is { Length: > Longest } ? text[..Longest] + "…" : text ?? "";

    public static string YesNo(bool? value) => value switch { true => "yes", false => "no", null => "unknown" };
}
