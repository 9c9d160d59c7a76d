using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>
/// A file of checksums as goreleaser, coreutils and BSD write it: <c>HEX  name</c>, <c>HEX *name</c>, <c>SHA256 (name) = HEX</c>, or one sum alone. By its length a sum is
/// SHA-256 or SHA-512; anything weaker is none.
/// </summary>
internal static partial class ChecksumFile
{
    private const int Sha256 = 64;
    private const int Sha512 = 128;

    /// <param name="alone">The file is one asset's own, so a sum needs no name.</param>
    /// <returns><c>sha256:…</c> or <c>sha512:…</c>, each once; empty when it does not name the asset.</returns>
    /// <exception cref="FormatException">It contradicts itself, or has nothing for the asset but sums that are too weak.</exception>
    public static IReadOnlyList<string> Find(string text, string asset, bool alone = false)
    {
        var found = new List<string>();
        var weak = 0;
        var lines = text.TrimStart('\uFEFF').Split('\n').Select(static l => l.Trim()).Where(static l => l.Length > 0).ToList();
        foreach (var line in lines)
        {
            var match = Plain().Match(line) is { Success: true } plain ? plain : Bsd().Match(line);
            var named = match.Success ? match.Groups["name"].Value : "";
            if (!match.Success && alone && lines.Count == 1 && Bare().IsMatch(line))
                (match, named) = (Bare().Match(line), asset);
            // Some tools write where the file lay when it was summed.
            if (!match.Success || named[(named.LastIndexOfAny(['/', '\\']) + 1)..] != asset)
                continue;
            var sum = match.Groups["sum"].Value.ToLowerInvariant();
            if (sum.Length == Sha256)
                found.Add($"sha256:{sum}");
            else if (sum.Length == Sha512)
                found.Add($"sha512:{sum}");
            else
                weak++;
        }

        found = [.. found.Distinct(StringComparer.Ordinal)];
        if (found.GroupBy(static d => d.Length).Any(static g => g.Count() > 1))
            throw new FormatException($"it has two different sums for {asset}");
        return found.Count > 0 || weak == 0 ? found : throw new FormatException($"it has only sums for {asset} that are neither SHA-256 nor SHA-512");
    }

    [GeneratedRegex(@"\A(?<sum>[0-9A-Fa-f]{32,128})[ \t]+\*?(?<name>\S.*)\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A[A-Za-z0-9-]+ ?\((?<name>.+)\) ?= ?(?<sum>[0-9A-Fa-f]{32,128})\z")]
    private static partial Regex Bsd();

    [GeneratedRegex(@"\A(?<sum>[0-9A-Fa-f]{32,128})\z")]
    private static partial Regex Bare();
}
