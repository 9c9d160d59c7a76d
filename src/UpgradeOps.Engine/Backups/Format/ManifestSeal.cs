using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Engine.Backups.Format;

/// <summary>The manifest's own checksum: one turned bit in it must be found like one in any other file.</summary>
internal static class ManifestSeal
{
    public const string Blank = "0000000000000000000000000000000000000000000000000000000000000000";

    private static ReadOnlySpan<byte> Member => "\"seal\": \""u8;

    /// <param name="json">A manifest with a blank seal.</param>
    public static byte[] Put(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var place = Find(bytes) ?? throw new InvalidOperationException("The manifest has no place for its seal.");
        Encoding.ASCII.GetBytes(Hex.Of(SHA256.HashData(bytes)), place.Of(bytes));
        return bytes;
    }

    public static bool IsWhole(ReadOnlySpan<byte> manifest)
    {
        var bytes = manifest.ToArray();
        if (Find(bytes) is not { } place)
            return false;
        var told = Encoding.ASCII.GetString(place.Of(bytes));
        Encoding.ASCII.GetBytes(Blank, place.Of(bytes));
        return told == Hex.Of(SHA256.HashData(bytes));
    }

    private static Place? Find(byte[] bytes)
    {
        var start = bytes.AsSpan().LastIndexOf(Member);
        return start >= 0 && start + Member.Length + Blank.Length <= bytes.Length ? new Place(start + Member.Length) : null;
    }

    private readonly record struct Place(int Start)
    {
        public Span<byte> Of(byte[] bytes) => bytes.AsSpan(Start, Blank.Length);
    }
}
