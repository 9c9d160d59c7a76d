using System.Globalization;
using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Apps.Secrets.Dotenv;

/// <summary>Backslashes in a double-quoted value. Unknown ones stay as they are.</summary>
internal static partial class Escapes
{
    public static string Resolve(string raw) => Pattern().Replace(raw, static match => match.Value[1] switch
    {
        'a' => "\a",
        'b' => "\b",
        'f' => "\f",
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'v' => "\v",
        '$' => "$$", // a literal one, for the expansion that follows
        '0' => Octal(match.Value[2..]),
        var other => other.ToString(CultureInfo.InvariantCulture),
    });

    // Compose takes the zero away, and then finds an octal number or leaves what is left.
    private static string Octal(string digits) =>
        digits.Length == 3 && digits[0] is '0' or '1' && digits.All(static d => d is >= '0' and <= '7')
            ? ((char)Convert.ToInt32(digits, 8)).ToString(CultureInfo.InvariantCulture)
            : $"\\{digits}";

    [GeneratedRegex(@"\\(0[0-9]{0,3}|[abfnrtv$""\\])")]
    private static partial Regex Pattern();
}
