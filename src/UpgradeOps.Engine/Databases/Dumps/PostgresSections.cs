using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Databases.Dumps;

/// <summary>
/// Which part of a text that changes between databases (<c>\connect</c>) is one database's own: that of <c>pg_dumpall</c> has one for each, that of
/// <c>pg_dump --create</c> a single one. What stands before the first is the server's: roles, tablespaces, the making of the database.
/// </summary>
/// <param name="wanted">The database's name; null for the only one, whatever its name.</param>
internal sealed partial class PostgresSections(string target, string? wanted)
{
    private readonly List<string> _seen = [];

    /// <returns>The database that a line of psql changes to; null for any other line.</returns>
    public static string? NameIn(string line)
    {
        var match = Connect().Match(line);
        if (!match.Success)
            return null;
        if (match.Groups["plain"].Success)
            return match.Groups["plain"].Value;
        var quoted = (match.Groups["quoted"].Success ? match.Groups["quoted"] : match.Groups["dbname"]).Value.Replace("\"\"", "\"", StringComparison.Ordinal);
        return match.Groups["quoted"].Success ? quoted : Escaped().Replace(quoted, "$1");
    }

    /// <returns>True when what follows is the wanted part.</returns>
    public bool Enter(string name, int line)
    {
        if (wanted is null && _seen.Any(s => s != name))
            throw new AppException(ErrorIds.RestoreFailed, $"The dump was not loaded: line {line} changes from database {_seen[0]} to {name}, and only one is wanted.", target);
        _seen.Add(name);
        return wanted is null || name == wanted;
    }

    public void ThrowIfMissing()
    {
        if (wanted is not null && !_seen.Contains(wanted))
        {
            throw new AppException(
                ErrorIds.RestoreFailed,
                $"The dump of the server has no database '{wanted}'; it has: {string.Join(", ", _seen.Distinct())}.",
                target,
                "Take that database's part out of the text by hand, or choose another dump.");
        }
    }

    [GeneratedRegex("""^\\connect (?:(?<plain>[A-Za-z0-9_.$]+)|"(?<quoted>(?:[^"]|"")+)"|-reuse-previous=on "dbname='(?<dbname>(?:[^'\\]|\\.)+)'")$""")]
    private static partial Regex Connect();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escaped();
}
