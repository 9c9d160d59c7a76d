using System.Text;

namespace UpgradeOps.Engine.Backups.Format;

/// <summary>Names of files within a backup, and which names are refused.</summary>
internal static class BackupPaths
{
    /// <summary>SHA-256 of each file, for <c>sha256sum -c SHA256SUMS</c>.</summary>
    public const string Sums = "SHA256SUMS";

    private const int LongestId = 100;

    /// <summary>True for a relative path with forward slashes that stays within its folder on any system.</summary>
    public static bool IsInside(string path) =>
        path.Length is > 0 and < 1024
        && !path.Contains('\\')
        && !path.Contains(':')
        && !path.Any(char.IsControl)
        && path.Split('/').All(part => part is not ("" or "." or ".."));

    /// <summary>True for what can be a backup's id: letters, digits, <c>-</c>, <c>_</c>, <c>.</c>, not beginning with a dot.</summary>
    public static bool IsId(string id) =>
        id.Length is > 0 and <= LongestId
        && char.IsAsciiLetterOrDigit(id[0])
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>A name for a file made from any text; different texts may share one, and get a number then.</summary>
    public static string Plain(string text, ISet<string> taken)
    {
        var name = new StringBuilder();
        foreach (var c in text.Trim('/', '.'))
            name.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-');
        var plain = name.Length is 0 or > 100 ? "data" : name.ToString();
        var unique = plain;
        for (var n = 2; !taken.Add(unique); n++)
            unique = $"{plain}-{n}";
        return unique;
    }
}
