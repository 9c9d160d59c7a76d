using System.Text;
using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>The beginning of the statement at hand, without comments and the content of texts.</summary>
internal sealed partial class SqlStatement
{
    private const int Longest = 16 << 10;

    /// <summary>One character a byte, so that a name cut between two pieces stays whole.</summary>
    private readonly StringBuilder _text = new();
    private bool _ownDelimiter;

    public bool IsEmpty => _text.ToString().AsSpan().Trim().Trim("*/ ").IsEmpty;

    /// <summary>True for the client's own command, which ends with its line.</summary>
    public bool EndsWithItsLine => Delimiter().IsMatch(_text.ToString());

    /// <summary>True when this is an INSERT and its values come next.</summary>
    public bool BeginsValues => !_ownDelimiter && Insert().IsMatch(_text.ToString());

    public string? InsertedTable => Insert().Match(_text.ToString()) is { Success: true } match
        ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(match.Groups["table"].Value.Replace("``", "`", StringComparison.Ordinal)))
        : null;

    public void Append(byte c)
    {
        if (_text.Length < Longest && (_text.Length > 0 || !char.IsWhiteSpace((char)c)))
            _text.Append((char)c);
    }

    public void DropLast(int count) => _text.Length -= Math.Min(count, _text.Length);

    public void Clear()
    {
        // Between "DELIMITER ;;" and "DELIMITER ;" stand bodies of routines and triggers: their INSERTs insert nothing now.
        if (Delimiter().Match(_text.ToString()) is { Success: true } match)
            _ownDelimiter = match.Groups["mark"].Length > 0;
        _text.Clear();
    }

    [GeneratedRegex(@"^(INSERT|REPLACE)\s+(IGNORE\s+|LOW_PRIORITY\s+|DELAYED\s+|HIGH_PRIORITY\s+)*INTO\s+(`[^`]+`\s*\.\s*)?`(?<table>([^`]|``)+)`\s*(\([^)]*\)\s*)?VALUES$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Insert();

    [GeneratedRegex(@"^DELIMITER\s+(?<mark>[^;\s]\S*|;[^\s]+)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Delimiter();
}
