using System.Globalization;
using System.Text.RegularExpressions;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.MariaDb;

/// <summary>Recognises what is wrong by the server's and client's error numbers, which mean the same in every language.</summary>
internal static partial class MariaDbFailure
{
    public const int LockWaitTimeout = 1205;

    public static AppException Recognise(ToolFailure failure) => Number(failure.Error) switch
    {
        1045 or 1698 or 1251 or 1275 or 1862 or 1820 or 4151 => failure.As(ErrorIds.DatabaseUnauthorized, $"MariaDB refused the user or password ({failure.Place})"),
        1044 or 1142 or 1227 or 1370 or 1410 => failure.As(ErrorIds.DatabaseUnauthorized, $"The database user lacks a right ({failure.Place})"),
        1049 => failure.As(ErrorIds.DatabaseMissing, $"MariaDB has no such database ({failure.Place})"),
        1040 or 1053 or 1203 or 1927 or (>= 2001 and <= 2013) or 2026 or 2055 => failure.As(ErrorIds.DatabaseUnreachable, $"MariaDB cannot be reached, or went away ({failure.Place})"),
        _ => failure.Unknown(),
    };

    /// <summary>The number of the first error that a tool told; 0 for none.</summary>
    public static int Number(string error) => ErrorNumber().Match(error) is { Success: true } m
        ? int.Parse(m.Groups[1].Success ? m.Groups[1].ValueSpan : m.Groups[2].ValueSpan, CultureInfo.InvariantCulture)
        : 0;

    // "ERROR 1045 (28000): …" by the client, "Got error: 1045: …" or "… (1045)" by the dump tool.
    [GeneratedRegex(@"ERROR (\d{4})\b|(?:[Ee]rror: |Error )(\d{4})\b")]
    private static partial Regex ErrorNumber();
}
