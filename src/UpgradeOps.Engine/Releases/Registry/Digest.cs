using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Releases.Registry;

/// <summary>Content digests, <c>sha256:…</c> or <c>sha512:…</c> in lower case hexadecimal.</summary>
internal static partial class Digest
{
    public static bool IsValid(string? text) => text is not null && Shape().IsMatch(text);

    public static string Sha256(ReadOnlySpan<byte> bytes) => $"sha256:{Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant()}";

    public static bool Matches(string digest, ReadOnlySpan<byte> bytes) => digest.StartsWith("sha512:", StringComparison.Ordinal)
        ? digest[7..] == Convert.ToHexString(SHA512.HashData(bytes)).ToLowerInvariant()
        : digest == Sha256(bytes);

    [GeneratedRegex(@"\A(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\z")]
    private static partial Regex Shape();
}
