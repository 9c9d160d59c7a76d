using System.Buffers;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>
/// Takes the text of a MariaDB or MySQL dump apart as far as it must be: strings, comments, statements, tuples of values. Fed in pieces
/// of any size; strings and comments are skipped at the speed of memory.
/// </summary>
internal sealed class SqlScanner
{
    private static readonly SearchValues<byte> InValues = SearchValues.Create("'\"();"u8);
    private static readonly SearchValues<byte> InSingle = SearchValues.Create("'\\"u8);
    private static readonly SearchValues<byte> InDouble = SearchValues.Create("\"\\"u8);

    private readonly SqlStatement _statement = new();
    private readonly SortedDictionary<string, RowSum> _tables = new(StringComparer.Ordinal);
    private readonly RowSum _tuples = new();
    private Mode _mode;
    private Mode _outer;
    private byte _previous;
    private bool _escaped;
    private int _depth;
    private bool _inTuple;
    private bool _opened;
    private bool _closed;

    private enum Mode
    {
        Code,
        Values,
        Single,
        Double,
        Backtick,
        LineComment,
        BlockComment,
    }

    public IReadOnlyDictionary<string, RowSum> Tables => _tables;

    /// <summary>In the middle of what the text ended; null when between statements.</summary>
    public string? Unfinished => _mode switch
    {
        Mode.Code or Mode.LineComment when _statement.IsEmpty => null,
        Mode.BlockComment => "a comment",
        Mode.Single or Mode.Double or Mode.Backtick => "a quoted text",
        _ => "a statement",
    };

    public void Feed(ReadOnlySpan<byte> data)
    {
        // Where in the data the values of the tuple at hand begin; below 0 when there is none.
        var tuple = _inTuple ? 0 : -1;
        for (var at = 0; at < data.Length;)
        {
            at += Step(data[at..]);
            if (_opened)
                (tuple, _inTuple, _opened) = (at, true, false);
            if (!_closed)
                continue;
            _tuples.Add(data[tuple..at]);
            (tuple, _inTuple, _closed) = (-1, false, false);
        }

        if (tuple >= 0)
            _tuples.Append(data[tuple..]);
    }

    private int Step(ReadOnlySpan<byte> data) => _mode switch
    {
        Mode.Values => FeedValues(data),
        Mode.Single => FeedQuoted(data, InSingle, (byte)'\''),
        Mode.Double => FeedQuoted(data, InDouble, (byte)'"'),
        Mode.Backtick => FeedBacktick(data),
        Mode.LineComment => FeedLineComment(data),
        Mode.BlockComment => FeedBlockComment(data),
        _ => FeedCode(data),
    };

    private int FeedCode(ReadOnlySpan<byte> data)
    {
        var c = data[0];
        var before = _previous;
        _previous = c;
        switch (c)
        {
            case (byte)'\'' or (byte)'"' or (byte)'`':
                Quote(c);
                return 1;
            case (byte)'#':
                Comment(Mode.LineComment, 0);
                return 1;
            case (byte)'-' when before == '-':
                Comment(Mode.LineComment, 1);
                return 1;
            case (byte)'*' when before == '/':
                Comment(Mode.BlockComment, 1);
                return 1;
            case (byte)';' when !_statement.EndsWithItsLine:
                _statement.Clear();
                return 1;
            case (byte)'\n' when _statement.EndsWithItsLine:
                _statement.Clear();
                return 1;
            default:
                _statement.Append(c);
                if (c is (byte)'S' or (byte)'s' && _statement.BeginsValues)
                {
                    (_mode, _depth) = (Mode.Values, 0);
                    _tuples.Clear();
                }

                return 1;
        }
    }

    private int FeedValues(ReadOnlySpan<byte> data)
    {
        var at = data.IndexOfAny(InValues);
        if (at < 0)
            return data.Length;
        switch (data[at])
        {
            case (byte)'(':
                _opened = _depth++ == 0;
                break;
            case (byte)')':
                _closed = --_depth == 0;
                break;
            case (byte)';' when _depth <= 0:
                if (_statement.InsertedTable is { } table)
                    Of(table).Add(_tuples);
                _mode = Mode.Code;
                _statement.Clear();
                break;
            case (byte)';':
                break;
            default:
                Quote(data[at]);
                break;
        }

        return at + 1;
    }

    private int FeedQuoted(ReadOnlySpan<byte> data, SearchValues<byte> ends, byte quote)
    {
        if (_escaped)
        {
            _escaped = false;
            return 1;
        }

        var at = data.IndexOfAny(ends);
        if (at < 0)
            return data.Length;
        if (data[at] == quote)
            Unquote(); // a doubled quote begins the next text at once, which comes to the same
        else
            _escaped = true;
        return at + 1;
    }

    private int FeedBacktick(ReadOnlySpan<byte> data)
    {
        _statement.Append(data[0]);
        if (data[0] == '`')
            Unquote();
        return 1;
    }

    private int FeedLineComment(ReadOnlySpan<byte> data)
    {
        var at = data.IndexOf((byte)'\n');
        if (at < 0)
            return data.Length;
        _mode = Mode.Code;
        return at; // the line end may end a statement too
    }

    private int FeedBlockComment(ReadOnlySpan<byte> data)
    {
        var c = data[0];
        // What stands in /*! … */ is carried out; only its marks are skipped.
        if (_depth == 0 && c is (byte)'!' or (byte)'M')
        {
            _mode = c == '!' ? Mode.Code : Mode.BlockComment;
            _previous = 0;
            return 1;
        }

        _depth = 1;
        var ends = _previous == '*' && c == '/';
        _previous = ends ? (byte)0 : c;
        if (ends)
            _mode = Mode.Code;
        return 1;
    }

    private void Comment(Mode comment, int dropped)
    {
        _statement.DropLast(dropped);
        _mode = comment;
        _previous = 0;
        _depth = 0;
    }

    private void Quote(byte quote)
    {
        _outer = _mode;
        if (_mode == Mode.Code)
            _statement.Append(quote);
        _mode = quote switch { (byte)'\'' => Mode.Single, (byte)'"' => Mode.Double, _ => Mode.Backtick };
    }

    private void Unquote() => _mode = _outer;

    private RowSum Of(string table) => _tables.TryGetValue(table, out var sum) ? sum : _tables[table] = new RowSum();
}
