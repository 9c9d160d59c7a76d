using System.Text;

namespace UpgradeOps.Engine.Databases.MariaDb;

/// <summary>
/// Takes the client's XML apart. No XML reader does it: values hold control characters, which XML has not, and carriage returns,
/// which a reader would lose.
/// </summary>
internal static class XmlRows
{
    private const string Set = "<resultset ";
    private const string Row = "<row>";
    private const string Field = "<field name=\"";

    /// <returns>Rows of each statement that gave any columns, in order.</returns>
    public static IReadOnlyList<IReadOnlyList<IReadOnlyList<string?>>> Parse(string xml)
    {
        var sets = new List<List<IReadOnlyList<string?>>>();
        List<string?>? row = null;
        var at = 0;
        // Only tags hold a "<": in values it is escaped.
        while ((at = xml.IndexOf('<', at)) >= 0)
        {
            var rest = xml.AsSpan(at);
            if (rest.StartsWith(Set))
                sets.Add([]);
            else if (rest.StartsWith(Row))
                sets[^1].Add(row = []);
            else if (rest.StartsWith(Field))
                row!.Add(Value(xml, ref at));
            at++;
        }

        return sets;
    }

    private static string? Value(string xml, ref int at)
    {
        var nameEnd = xml.IndexOf('"', at + Field.Length);
        if (xml.AsSpan(nameEnd + 1).StartsWith(" xsi:nil=\"true\""))
            return null;
        var start = xml.IndexOf('>', nameEnd) + 1;
        at = xml.IndexOf('<', start);
        return at < 0 ? throw new FormatException("the last value is cut") : Unescape(xml[start..at]);
    }

    private static string Unescape(string value) => value.Contains('&')
        ? new StringBuilder(value).Replace("&lt;", "<").Replace("&gt;", ">").Replace("&quot;", "\"").Replace("&amp;", "&").ToString()
        : value;
}
