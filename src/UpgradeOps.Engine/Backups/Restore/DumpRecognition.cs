using System.Text;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Tells dumps apart by their first bytes.</summary>
internal static class DumpRecognition
{
    private const string ClusterMark = "-- PostgreSQL database cluster dump";

    private static readonly (byte[] Mark, string Name)[] Others =
    [
        ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "compressed with xz"),
        ("BZh"u8.ToArray(), "compressed with bzip2"),
        ("PK\u0003\u0004"u8.ToArray(), "a zip archive"),
        ([0x1f, 0x8b], "compressed twice"),
        ([0x28, 0xb5, 0x2f, 0xfd], "compressed twice"),
        ("SQLite format 3"u8.ToArray(), "an SQLite database"),
        ([0xff, 0xfe], "UTF-16 text, as a PowerShell redirection writes it, and its bytes can no longer be trusted"),
    ];

    /// <returns>Null for what is no dump.</returns>
    public static DumpFormat? FormatOf(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("PGDMP"u8))
            return DumpFormat.PostgresCustom;
        var text = Encoding.UTF8.GetString(head);
        if (text.Contains(ClusterMark, StringComparison.Ordinal))
            return DumpFormat.PostgresCluster;
        if (text.Contains("-- PostgreSQL database dump", StringComparison.Ordinal) && text.Contains("\n\\connect ", StringComparison.Ordinal))
            return DumpFormat.PostgresCreating;
        return IsSql(head) ? DumpFormat.PlainSql : null;
    }

    public static string WhyNot(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
            return "is empty";
        foreach (var (mark, name) in Others)
        {
            if (head.StartsWith(mark))
                return $"is {name}; only plain, gzip and zstd dumps are read";
        }

        return "is neither SQL text nor a PostgreSQL archive nor an archive of files (tar)";
    }

    /// <summary>The engine that wrote it, as far as its head tells; null when it does not.</summary>
    public static string? EngineOf(ReadOnlySpan<byte> head)
    {
        var text = Encoding.UTF8.GetString(head);
        if (head.StartsWith("PGDMP"u8) || text.Contains("-- PostgreSQL database", StringComparison.Ordinal))
            return "postgresql";
        return text.Contains("-- MariaDB dump", StringComparison.Ordinal) || text.Contains("-- MySQL dump", StringComparison.Ordinal) ? "mariadb" : null;
    }

    private static bool IsSql(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xef, 0xbb, 0xbf];
        if (head.StartsWith(byteOrderMark))
            head = head[byteOrderMark.Length..];
        var text = Encoding.UTF8.GetString(head).TrimStart();
        if (text.Length == 0 || head.Contains((byte)0))
            return false;
        string[] beginnings = ["--", "/*", "#", "SET ", "CREATE ", "DROP ", "INSERT ", "BEGIN", "START ", "LOCK ", "ALTER ", "SELECT ", "DELIMITER ", "USE ", "COPY ", "\\"];
        return beginnings.Any(b => text.StartsWith(b, StringComparison.OrdinalIgnoreCase));
    }
}
