using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Engine.Backups.Stores.S3;

/// <summary>
/// What a store tells of bytes that it keeps, computed from our own: their SHA-256 where it knows checksums, and the MD5 that every one shows
/// as the ETag, unless it encrypts with a key of its own.
/// </summary>
internal sealed record PartDigest(byte[] Sha256, byte[] Md5)
{
    public string Checksum => Convert.ToBase64String(Sha256);

    public string ETag => Hex.Of(Md5);

    [SuppressMessage("Security", "CA5351", Justification = "The protocol's own checksum; what is trusted is the SHA-256.")]
    public static PartDigest Of(byte[] bytes) => new(SHA256.HashData(bytes), MD5.HashData(bytes));

    /// <summary>That of an object made of several parts.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol's own checksum; what is trusted is the SHA-256.")]
    public static (string Checksum, string ETag) OfWhole(IReadOnlyList<PartDigest> parts) => (
        $"{Convert.ToBase64String(SHA256.HashData([.. parts.SelectMany(p => p.Sha256)]))}-{parts.Count}",
        $"{Hex.Of(MD5.HashData([.. parts.SelectMany(p => p.Md5)]))}-{parts.Count}");

    /// <summary>Reads a part, and tells its bytes to the whole file's hash too.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol's own checksum; what is trusted is the SHA-256.")]
    public static async Task<PartDigest> ReadAsync(Stream file, long length, IncrementalHash whole, byte[] buffer, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        while (length > 0)
        {
            var read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                throw new EndOfStreamException("it became shorter while it was read");
            var bytes = buffer.AsSpan(0, read);
            sha256.AppendData(bytes);
            md5.AppendData(bytes);
            whole.AppendData(bytes);
            length -= read;
        }

        return new PartDigest(sha256.GetHashAndReset(), md5.GetHashAndReset());
    }

    /// <summary>True when the store says that it has these bytes; false too when it says nothing of them.</summary>
    public bool Matches(string? checksum, string? etag) => Matches(checksum, etag, Checksum, ETag);

    public static bool Matches(string? checksum, string? etag, string expectedChecksum, string expectedETag) =>
        string.IsNullOrEmpty(checksum) ? etag?.Trim('"') == expectedETag : checksum == expectedChecksum;
}
