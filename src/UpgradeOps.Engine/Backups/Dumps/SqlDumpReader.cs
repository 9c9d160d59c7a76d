using System.Text;
using UpgradeOps.Engine.Databases.Dumps;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>
/// Reads a text dump of MariaDB or MySQL: counts the rows of its INSERT statements, and looks for its end mark.
/// </summary>
internal sealed class SqlDumpReader : IDumpReader
{
    private const int EdgeLength = 4096;

    private readonly SqlScanner _scanner = new();
    private readonly MemoryStream _opening = new();
    private byte[] _ending = [];

    public void Feed(ReadOnlySpan<byte> data)
    {
        if (_opening.Length < EdgeLength)
            _opening.Write(data[..(int)Math.Min(data.Length, EdgeLength - _opening.Length)]);
        _ending = data.Length >= EdgeLength ? data[^EdgeLength..].ToArray() : Joined(_ending, data);
        _scanner.Feed(data);
    }

    public DumpFacts Finish()
    {
        var opening = Encoding.UTF8.GetString(_opening.GetBuffer(), 0, (int)_opening.Length);
        var tool = ToolOf(opening);
        return new DumpFacts
        {
            Kind = tool ?? "SQL text",
            Problem = Problem(tool),
            Rows = _scanner.Tables.ToDictionary(t => t.Key, t => t.Value.Rows, StringComparer.Ordinal),
            Checksums = _scanner.Tables.ToDictionary(t => t.Key, t => t.Value.Checksum, StringComparer.Ordinal),
        };
    }

    private string? Problem(string? tool)
    {
        if (_opening.Length == 0)
            return "it is empty";
        if (_scanner.Unfinished is { } unfinished)
            return $"it ends within {unfinished}";
        return tool is not null && !DumpMarks.EndsAsMariaDbDump(_ending) ? "its end mark is missing, so it is cut off" : null;
    }

    /// <returns>The tool that wrote it, when it is one that also writes an end mark; else null.</returns>
    private static string? ToolOf(string opening) =>
        opening.Contains("-- MariaDB dump", StringComparison.Ordinal) ? "MariaDB dump"
        : opening.Contains("-- MySQL dump", StringComparison.Ordinal) ? "MySQL dump"
        : null;

    private static byte[] Joined(byte[] ending, ReadOnlySpan<byte> data)
    {
        var kept = Math.Min(ending.Length, EdgeLength - data.Length);
        var joined = new byte[kept + data.Length];
        ending.AsSpan(ending.Length - kept).CopyTo(joined);
        data.CopyTo(joined.AsSpan(kept));
        return joined;
    }
}
