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
        '0' => ((char)Convert.ToInt32(match.Value[2..].PadLeft(1, '0'), 8)).ToString(CultureInfo.InvariantCulture),
        var other => other.ToString(CultureInfo.InvariantCulture),
    });

    [GeneratedRegex(@"\\(0[0-7]{0,3}|[abfnrtv$""\\])")]
    private static partial Regex Pattern();
}
