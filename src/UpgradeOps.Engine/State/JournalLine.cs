using System.Security.Cryptography;
using System.Text;

namespace UpgradeOps.Engine.State;

/// <summary>
/// The outside of a journal line: one JSON object whose last member is a checksum over all before it. Stores use it to tell a
/// whole line from a torn one without knowing what it says.
/// </summary>
internal static class JournalLine
{
    private const string Mark = ",\"crc\":\"";
    private const int ChecksumLength = 16;

    /// <param name="body">A JSON object without a <c>crc</c> member.</param>
    /// <returns>The same object with its checksum as the last member.</returns>
    public static string Seal(string body) => $"{body[..^1]}{Mark}{Checksum(body)}\"}}";

    /// <returns>The object without its checksum; null when the line is torn or damaged.</returns>
    public static string? Open(string line)
    {
        var at = line.LastIndexOf(Mark, StringComparison.Ordinal);
        if (at <= 0 || line.Length != at + Mark.Length + ChecksumLength + 2 || !line.EndsWith("\"}", StringComparison.Ordinal))
        {
            return null;
        }

        var body = line[..at] + "}";
        return line.AsSpan(at + Mark.Length, ChecksumLength).SequenceEqual(Checksum(body)) ? body : null;
    }

    /// <summary>
    /// Whether a line that does not open can be what a crash left of one: at most one line, broken off. Two lines run together are damage,
    /// and so is a line that has its end: the end is written last.
    /// </summary>
    public static bool CanBeTorn(string line)
    {
        if (line.EndsWith('\n'))
        {
            return false;
        }

        var at = line.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0 || line.Length <= at + Mark.Length + ChecksumLength + 2;
    }

    /// <summary>The checksum that a sealed line carries; the next line repeats it, so that a missing line shows.</summary>
    public static string ChecksumOf(string line) => line.Substring(line.Length - 2 - ChecksumLength, ChecksumLength);

    // 64 bits of SHA-256: this is against torn writes and bad disks, not against a forger.
    private static string Checksum(string body) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(body)))[..ChecksumLength].ToLowerInvariant();
}
