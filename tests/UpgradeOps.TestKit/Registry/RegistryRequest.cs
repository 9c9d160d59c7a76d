using System.Globalization;
using System.Text.RegularExpressions;

namespace UpgradeOps.TestKit;

/// <summary>A request that the registry answered.</summary>
public sealed partial record RegistryRequest(string Method, string Path, int Status, string UserAgent)
{
    /// <summary>Reads a line of the registry's access log (Apache's combined format); null for its other lines.</summary>
    internal static RegistryRequest? Parse(string line)
    {
        var match = Combined().Match(line);
        return match.Success
            ? new RegistryRequest(match.Groups[1].Value, match.Groups[2].Value,
                int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture), match.Groups[4].Value)
            : null;
    }

    [GeneratedRegex("""\] "([A-Z]+) (\S+) HTTP/[0-9.]+" (\d{3}) \S+ "[^"]*" "([^"]*)"$""")]
    private static partial Regex Combined();
}
