using System.Text;

namespace UpgradeOps.Engine.Databases.Dumps;

/// <summary>
/// By what a whole dump is known. A tool that was killed, or a pipe that broke, can leave half a dump with exit code 0; the mark is
/// what the tool writes last.
/// </summary>
internal static class DumpMarks
{
    /// <summary>The five bytes that a PostgreSQL archive begins with.</summary>
    public static bool BeginsAsPostgresArchive(ReadOnlySpan<byte> head) => head.StartsWith("PGDMP"u8);

    /// <summary>
    /// True when the last line that says anything is <c>-- Dump completed …</c>. A row that holds this text does not count: it is not
    /// a line of its own at the end.
    /// </summary>
    public static bool EndsAsMariaDbDump(ReadOnlySpan<byte> tail)
    {
        const string mark = "-- Dump completed", dated = mark + " on ";
        var last = Lines(tail).LastOrDefault() ?? "";
        return last.StartsWith(dated, StringComparison.Ordinal)
            ? last.Length == dated.Length + "2026-02-19  3:00:00".Length
            : last == mark && tail.EndsWith("\n"u8);
    }

    /// <summary>True when the dump ends as pg_dump's plain format does.</summary>
    /// <remarks>Releases since August 2025 write <c>\unrestrict</c> behind the mark.</remarks>
    public static bool EndsAsPostgresSql(ReadOnlySpan<byte> tail) => Lines(tail)
        .AsEnumerable()
        .Reverse()
        .SkipWhile(l => l.StartsWith("\\unrestrict ", StringComparison.Ordinal))
        .Take(2)
        .SequenceEqual(["--", "-- PostgreSQL database dump complete"]);

    /// <summary>True when the text ends as that of pg_dumpall does.</summary>
    public static bool EndsAsPostgresCluster(ReadOnlySpan<byte> tail) => Lines(tail)
        .AsEnumerable()
        .Reverse()
        .SkipWhile(l => l.StartsWith("\\unrestrict ", StringComparison.Ordinal))
        .Take(2)
        .SequenceEqual(["--", "-- PostgreSQL database cluster dump complete"]);

    private static string[] Lines(ReadOnlySpan<byte> tail) => Encoding.UTF8.GetString(tail)
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
