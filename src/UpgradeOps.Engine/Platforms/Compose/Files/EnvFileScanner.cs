using System.Globalization;
using System.Text;

namespace UpgradeOps.Engine.Platforms.Compose.Files;

/// <summary>
/// Finds the assignments of a <c>.env</c> file by the rules of Compose: optional <c>export</c>, <c>=</c> or <c>:</c>, values bare up to
/// <c> #</c> or the line's end, or in single or double quotes over any number of lines with <c>\</c> before a quote that stays.
/// </summary>
internal sealed class EnvFileScanner(byte[] bytes, string path)
{
    private readonly List<EnvAssignment> _found = [];
    private readonly List<string> _inherited = [];
    private int _at;
    private int _line = 1;

    /// <summary>Names that stand alone: their values come from whoever starts Compose.</summary>
    public IReadOnlyList<string> Inherited => _inherited;

    public IReadOnlyList<EnvAssignment> Scan()
    {
        if (bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble))
            _at = Encoding.UTF8.Preamble.Length;
        while (SkipToStatement())
            ReadStatement();
        return _found;
    }

    /// <returns>False at the end of the file.</returns>
    private bool SkipToStatement()
    {
        while (_at < bytes.Length)
        {
            if (bytes[_at] == '#')
                _at = LineEnd(_at);
            else if (bytes[_at] == '\n' || IsBlank(bytes[_at]))
                _line += bytes[_at++] == '\n' ? 1 : 0;
            else
                return true;
        }

        return false;
    }

    private void ReadStatement()
    {
        SkipExport();
        var (start, line) = (_at, _line);
        while (_at < bytes.Length && bytes[_at] is not ((byte)'=' or (byte)':' or (byte)'\n'))
        {
            if (!IsBlank(bytes[_at]) && !IsNameByte(bytes[_at]))
                throw Invalid(line, $"unexpected character '{(char)bytes[_at]}' in a variable's name");
            _at++;
        }

        var name = Encoding.UTF8.GetString(bytes, start, _at - start).Trim();
        if (name.Any(char.IsWhiteSpace))
            throw Invalid(line, $"the name '{name}' has a space in it");
        // A name alone on its line is taken from the environment: there is no value to edit.
        if (_at >= bytes.Length || bytes[_at] == '\n')
        {
            _inherited.Add(name);
            return;
        }

        var separator = _at++;
        while (_at < bytes.Length && IsBlank(bytes[_at]))
            _at++;
        if (_at < bytes.Length && bytes[_at] is (byte)'"' or (byte)'\'')
            ReadQuoted(name, line);
        else
            ReadBare(name, line, separator + 1);
    }

    private void SkipExport()
    {
        if (!bytes.AsSpan(_at).StartsWith("export"u8) || _at + 6 >= bytes.Length || !(IsBlank(bytes[_at + 6]) || bytes[_at + 6] == '\n'))
            return;
        _at += 6;
        while (_at < bytes.Length && (IsBlank(bytes[_at]) || bytes[_at] == '\n'))
            _line += bytes[_at++] == '\n' ? 1 : 0;
    }

    private void ReadBare(string name, int line, int afterSeparator)
    {
        var start = _at;
        var end = LineEnd(start);
        var comment = bytes.AsSpan(start, end - start).IndexOf(" #"u8);
        _at = end;
        if (comment >= 0)
            end = start + comment;
        while (end > start && IsBlank(bytes[end - 1]))
            end--;
        // An empty value stands right behind its separator, before any blanks.
        _found.Add(new EnvAssignment(name, line, end == start ? afterSeparator : start, end - start));
    }

    private void ReadQuoted(string name, int line)
    {
        var quote = bytes[_at++];
        var start = _at;
        for (var escaped = false; _at < bytes.Length; _at++)
        {
            _line += bytes[_at] == '\n' ? 1 : 0;
            if (bytes[_at] == quote && !escaped)
            {
                _found.Add(new EnvAssignment(name, line, start, _at - start));
                // What follows the closing quote begins the next statement, also on the same line.
                _at++;
                return;
            }

            escaped = bytes[_at] == '\\' && !escaped;
        }

        throw Invalid(line, $"the quoted value of {name} does not end");
    }

    private int LineEnd(int from)
    {
        var end = bytes.AsSpan(from).IndexOf((byte)'\n');
        return end < 0 ? bytes.Length : from + end;
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\v' or (byte)'\f';

    /// <summary>Bytes above ASCII belong to letters of other scripts.</summary>
    private static bool IsNameByte(byte b) => b >= 0x80 || char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'[' or (byte)']';

    private AppException Invalid(int line, string what) =>
        new(ErrorIds.ComposeInvalid, string.Create(CultureInfo.InvariantCulture, $"{path}:{line}: {what}."), string.Create(CultureInfo.InvariantCulture, $"{path}:{line}"));
}
