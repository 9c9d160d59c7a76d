using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>
/// Names of what stands beside the live data. They follow from the operation alone, so that a step that goes on after a crash, and a
/// person who looks, find the same ones.
/// </summary>
internal static class AsideNames
{
    /// <summary>PostgreSQL's limit in bytes; MariaDB's is one more.</summary>
    private const int LongestDatabase = 63;

    private const int LongestOperation = 26;

    /// <summary><c>kmp_aside_20261121t014500123z_4f2a</c></summary>
    /// <param name="role"><c>upgradeops</c>: loaded, not yet live. <c>aside</c>: was live before. <c>undone</c>: was live until the restore was taken back. <c>proof</c>: scratch.</param>
    public static string Database(string live, string role, string operationId)
    {
        var ending = $"_{role}_{Plain(operationId, '_')}";
        var room = LongestDatabase - ending.Length;
        if (Encoding.UTF8.GetByteCount(live) <= room)
            return live + ending;

        // Cut at a whole character, with a hash that keeps two long names apart.
        var hash = "_" + Hash(live);
        var kept = live;
        while (Encoding.UTF8.GetByteCount(kept) > room - hash.Length)
            kept = kept[..^(char.IsLowSurrogate(kept[^1]) ? 2 : 1)];
        return kept + hash + ending;
    }

    /// <summary><c>kmp_uploads-aside-20261121t014500123z-4f2a</c>; for volumes, and for folders beside each other.</summary>
    public static string Beside(string live, string role, string operationId) => $"{live}-{role}-{Plain(operationId, '-')}";

    private static string Plain(string operationId, char separator)
    {
        var plain = new string([.. operationId.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : separator)]);
        return plain.Length <= LongestOperation ? plain : Hash(operationId);
    }

    private static string Hash(string text) => Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
