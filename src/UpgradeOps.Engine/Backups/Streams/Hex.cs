namespace UpgradeOps.Engine.Backups.Streams;

/// <summary>Bytes as lower case hexadecimal.</summary>
internal static class Hex
{
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
