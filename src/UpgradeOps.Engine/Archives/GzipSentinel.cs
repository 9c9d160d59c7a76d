using System.IO.Compression;

namespace UpgradeOps.Engine.Archives;

/// <summary>
/// A gzip member with known content, put behind compressed data before it is unpacked. Only when every member before it ended as it
/// should, checksum and all, does its content come out; the base library alone takes a truncated file for a finished one.
/// </summary>
internal static class GzipSentinel
{
    public static ReadOnlySpan<byte> Content => [0xd1, 0x5e, 0xa5, 0xed, 0x00, 0xff, 0x6e, 0x1d];

    public static byte[] Member { get; } = Make();

    private static byte[] Make()
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(Content);
        return bytes.ToArray();
    }
}
