using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Apps.Secrets;

/// <summary>Finds what is secret among environment variables that somebody else has set: by their names, and in addresses with a password.</summary>
internal static partial class EnvironmentSecrets
{
    /// <summary>A shorter value says nothing by itself, and would tear holes into every text.</summary>
    private const int Shortest = 6;

    /// <param name="variables">Each as <c>NAME=value</c>.</param>
    public static IEnumerable<string> In(IEnumerable<string> variables)
    {
        foreach (var variable in variables)
        {
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                continue;
            var (name, value) = (variable[..equals], variable[(equals + 1)..]);
            if (value.Length >= Shortest && SecretName().IsMatch(name) && !value.StartsWith('/'))
                yield return value;
            foreach (Match match in PasswordInAddress().Matches(value))
            {
                if (match.Groups[1].Length < Shortest)
                    continue;
                yield return match.Groups[1].Value;
                yield return Uri.UnescapeDataString(match.Groups[1].Value);
            }
        }
    }

    [GeneratedRegex("PASS|PWD|SECRET|TOKEN|CREDENTIAL|PRIVATE|SALT|DSN|API_?KEY|(^|_)KEY(_|$)|AUTH", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex("[a-z][a-z0-9+.-]*://[^/@:\\s]*:([^@/\\s]+)@", RegexOptions.IgnoreCase)]
    private static partial Regex PasswordInAddress();
}
