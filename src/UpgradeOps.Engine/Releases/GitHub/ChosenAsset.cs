using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>The asset of a release that is installed, and what its bytes must be.</summary>
/// <param name="Published">By the publisher's file of checksums; empty when the definition says that there is none.</param>
/// <param name="ChecksumFile">The name of that file.</param>
internal sealed record ChosenAsset(GitHubRelease Release, GitHubAsset Asset, IReadOnlyList<string> Published, string? ChecksumFile)
{
    /// <summary>Every digest that the bytes must have.</summary>
    public IReadOnlyList<string> Expected => [.. Published.Append(Asset.Digest).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>What the release is known by: a digest of its bytes, or, where nobody gives one, of what GitHub calls the asset; a replaced one has another number.</summary>
    public string Digest => Expected.Count > 0
        ? Expected[0]
        : $"asset:{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Asset.Id} {Asset.Size}")))).ToLowerInvariant()}";

    /// <summary>What was verified, for a person, once it was.</summary>
    public string Verified => Expected.Count == 0
        ? $"{Asset.Name} by its size of {Asset.Size} bytes alone"
        : $"{Asset.Name} by {string.Join(" and ", Published.Select(d => $"{d} of {ChecksumFile}").Concat(Asset.Digest is { } own ? [$"{own} of GitHub"] : []))}";
}
