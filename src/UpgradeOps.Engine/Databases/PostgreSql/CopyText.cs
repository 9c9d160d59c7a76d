using System.Text;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>Takes COPY's text format apart: a row a line, columns between tabs, <c>\N</c> for NULL, backslash sequences for the rest.</summary>
internal static class CopyText
{
    public static IReadOnlyList<IReadOnlyList<string?>> Parse(string text)
    {
        var rows = new List<IReadOnlyList<string?>>();
        var start = 0;
        while (start < text.Length)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0)
                throw new FormatException("the last row is cut");
            rows.Add(text[start..end].Split('\t').Select(Value).ToList());
            start = end + 1;
        }

        return rows;
    }

    private static string? Value(string field)
    {
        if (field == "\\N")
            return null;
        if (!field.Contains('\\'))
            return field;
        var value = new StringBuilder(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] != '\\' || i + 1 == field.Length)
            {
                value.Append(field[i]);
                continue;
            }

            value.Append(field[++i] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\v',
                var other => other,
            });
        }

        return value.ToString();
    }
}
