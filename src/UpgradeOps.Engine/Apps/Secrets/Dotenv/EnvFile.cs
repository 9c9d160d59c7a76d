namespace UpgradeOps.Engine.Apps.Secrets.Dotenv;

/// <summary>
/// Reads a <c>.env</c> file as Docker Compose does: quotes, escapes, comments, values over several lines and variables in values.
/// The application gets what Compose makes of a line, so a password must be read the same way.
/// </summary>
internal sealed class EnvFile
{
    private readonly string text;
    private readonly Func<string, string?> environment;
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private int position;

    private EnvFile(string text, Func<string, string?> environment)
    {
        this.text = text;
        this.environment = environment;
    }

    /// <param name="environment">Variables of the process: in an expansion they count before those of the file.</param>
    /// <exception cref="FormatException">Names the line, never a value.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string text, Func<string, string?> environment)
    {
        var file = new EnvFile(text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal), environment);
        while (file.MoveToStatement())
            file.ReadStatement();
        return file.values;
    }

    private int Line => 1 + text.AsSpan(0, Math.Min(position, text.Length)).Count('\n');

    private bool MoveToStatement()
    {
        while (position < text.Length)
        {
            if (char.IsWhiteSpace(text[position]))
                position++;
            else if (text[position] == '#')
                position = EndOfLine();
            else
                return true;
        }

        return false;
    }

    private void ReadStatement()
    {
        var line = Line;
        var end = EndOfLine();
        var separator = text.AsSpan(position, end - position).IndexOfAny('=', ':');
        var name = (separator < 0 ? text[position..end] : text.Substring(position, separator)).Trim();
        if (name.StartsWith("export", StringComparison.Ordinal) && name.Length > 6 && char.IsWhiteSpace(name[6]))
            name = name[6..].TrimStart();
        if (name.Length == 0 || name.Any(static c => !char.IsLetterOrDigit(c) && c is not ('_' or '.' or '-' or '[' or ']')))
            throw new FormatException($"line {line} does not begin with the name of a variable");

        if (separator < 0)
        {
            // A name alone takes the value of the process.
            position = end;
            if (environment(name) is { } inherited)
                values[name] = inherited;
            return;
        }

        position += separator + 1;
        while (position < end && char.IsWhiteSpace(text[position]))
            position++;
        values[name] = position < end && text[position] is '"' or '\'' ? ReadQuoted(line) : ReadPlain(end, line);
    }

    private string ReadPlain(int end, int line)
    {
        var raw = text[position..end];
        position = end;
        var comment = raw.IndexOf(" #", StringComparison.Ordinal);
        return Expand((comment < 0 ? raw : raw[..comment]).TrimEnd(), line);
    }

    private string ReadQuoted(int line)
    {
        var quote = text[position++];
        var start = position;
        for (; position < text.Length; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length && (quote == '"' || text[position + 1] == quote))
                position++;
            else if (text[position] == quote)
                break;
        }

        if (position >= text.Length)
            throw new FormatException($"the quote in line {line} is not closed");
        var raw = text[start..position];
        position = EndOfLine(); // what follows a closing quote counts for nothing
        return quote == '\'' ? raw.Replace("\\'", "'", StringComparison.Ordinal) : Expand(Escapes.Resolve(raw), line);
    }

    private string Expand(string value, int line)
    {
        try
        {
            return Expansion.Expand(value, name => environment(name) ?? values.GetValueOrDefault(name));
        }
        catch (FormatException e)
        {
            throw new FormatException($"line {line}: {e.Message}", e);
        }
    }

    private int EndOfLine()
    {
        var end = text.IndexOf('\n', Math.Min(position, text.Length));
        return end < 0 ? text.Length : end;
    }
}
