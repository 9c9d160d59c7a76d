namespace UpgradeOps.Engine.Health;

/// <summary>Whether an application that answers with one version is the version that was wanted.</summary>
internal static class VersionMatch
{
    /// <returns>False for the name of a moving tag, such as <c>latest</c> or <c>8</c>: it says nothing about what is inside.</returns>
    public static bool IsComparable(string? expected) =>
        expected is not null && Plain(expected) is var plain && Core(plain).Split('.') is { Length: >= 2 } parts && parts.All(IsNumber);

    /// <summary>
    /// A leading v, build metadata and leading zeros do not count. Two numbers stand for all versions that begin with them, as the
    /// tag <c>1.2</c> does.
    /// </summary>
    public static bool Matches(string expected, string answered)
    {
        var (wanted, got) = (Plain(expected), Plain(answered));
        if (string.Equals(wanted, got, StringComparison.OrdinalIgnoreCase))
            return true;
        if (!IsComparable(expected) || !IsComparable(answered) || !string.Equals(Prerelease(wanted), Prerelease(got), StringComparison.OrdinalIgnoreCase))
            return false;

        var (left, right) = (Numbers(wanted), Numbers(got));
        return left.Length == right.Length || (left.Length == 2 && Prerelease(wanted).Length == 0 && right.Length > 2)
            ? left.SequenceEqual(right.Take(left.Length))
            : left.Length < right.Length
                ? left.SequenceEqual(right.Take(left.Length)) && right.Skip(left.Length).All(static n => n == "0")
                : right.SequenceEqual(left.Take(right.Length)) && left.Skip(right.Length).All(static n => n == "0");
    }

    private static string Plain(string version)
    {
        var text = version.Trim();
        if (text.Length > 1 && text[0] is 'v' or 'V' && char.IsAsciiDigit(text[1]))
            text = text[1..];
        // Registries write SemVer's plus as an underscore.
        var build = text.IndexOfAny(['+', '_']);
        return build < 0 ? text : text[..build];
    }

    private static string Core(string plain) => plain.IndexOf('-', StringComparison.Ordinal) is var dash and >= 0 ? plain[..dash] : plain;

    private static string Prerelease(string plain) => plain.IndexOf('-', StringComparison.Ordinal) is var dash and >= 0 ? plain[(dash + 1)..] : "";

    private static string[] Numbers(string plain) => [.. Core(plain).Split('.').Select(static n => n.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : "0")];

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
