using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>Whether a value that an application is given names a database.</summary>
internal static class DatabaseWords
{
    /// <summary><c>chat</c>, <c>--db=chat</c>, <c>postgres://user@host/chat?sslmode=require</c>, <c>host=/run dbname=chat user=me</c>.</summary>
    public static bool Name(string text, string database) =>
        Regex.IsMatch(text, $@"^(.*=|\w+://[^?]*/)?{Regex.Escape(database)}([?;\s].*)?$", RegexOptions.CultureInvariant | RegexOptions.Singleline);
}
