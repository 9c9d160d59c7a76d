using System.Globalization;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>
/// Reads what <see cref="FileScripts.Stat"/> and <see cref="FileScripts.List"/> print: records that begin with a random mark, so that a name may
/// hold anything, line ends too.
/// </summary>
internal static class FileRecords
{
    private const int TypeMask = 0xF000;
    private const int FolderType = 0x4000;
    private const int LinkType = 0xA000;

    /// <param name="path">What was asked about; null to take the path from the record.</param>
    public static HostFile Stat(string output, string mark, string path)
    {
        var records = Split(output, mark);
        return Read(records[0], path, records.Count > 1 ? Target(records[1]) : null);
    }

    public static IReadOnlyList<HostFile> List(string output, string mark, string folder)
    {
        var records = Split(output, mark);
        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < records.Count; i++)
        {
            if (records[i].StartsWith("link ", StringComparison.Ordinal))
                targets[Name(records[i]["link ".Length..])] = Target(records[i + 1]["target ".Length..]);
        }

        return records
            .Where(r => !r.StartsWith("link ", StringComparison.Ordinal) && !r.StartsWith("target ", StringComparison.Ordinal))
            .Select(r => (Record: r, Name: Name(r.Split(' ', 4)[3])))
            .Select(r => Read(r.Record, $"{folder.TrimEnd('/')}/{r.Name}", targets.GetValueOrDefault(r.Name)))
            .OrderBy(f => f.Path, StringComparer.Ordinal)
            .ToList();
    }

    /// <param name="output">Of <see cref="FileScripts.Hash"/>.</param>
    public static IReadOnlyDictionary<string, string> Hashes(string output) => output
        .Split('\0', StringSplitOptions.RemoveEmptyEntries)
        .Select(r => r.Split(' ', 2))
        .Where(r => r.Length == 2 && r[0].Length == 64)
        .ToDictionary(r => Name(r[1]), r => r[0], StringComparer.Ordinal);

    private static HostFile Read(string record, string path, string? target)
    {
        var fields = record.Split(' ', 4);
        var mode = int.Parse(fields[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var isLink = (mode & TypeMask) == LinkType;
        var isFolder = (mode & TypeMask) == FolderType;
        return new HostFile(
            path,
            isFolder,
            isLink || isFolder ? 0 : long.Parse(fields[1], CultureInfo.InvariantCulture),
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(fields[2], CultureInfo.InvariantCulture)),
            mode & 0xFFF,
            isLink ? target ?? "" : null);
    }

    // Each record but the last ends with the line end that its tool writes.
    private static List<string> Split(string output, string mark) =>
        output.Split($"{mark} ", StringSplitOptions.RemoveEmptyEntries).Select(r => r.EndsWith('\n') ? r[..^1] : r).ToList();

    private static string Name(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;

    // readlink ends its line, and an x stands behind it, so that the shell keeps line ends that belong to the target.
    private static string Target(string text) => text.EndsWith("\nx", StringComparison.Ordinal) ? text[..^2] : text;
}
