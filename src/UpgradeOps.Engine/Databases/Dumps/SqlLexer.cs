using System.Buffers;
using System.Text;

namespace UpgradeOps.Engine.Databases.Dumps;

/// <summary>
/// Goes through a SQL dump on its way to the client program and looks at how every statement begins before it lets any of it pass.
/// It reads quotes and comments exactly as far as the client does: what it takes for text must not be a command to the client.
/// </summary>
internal abstract class SqlLexer(string target)
{
    private const int MostHeld = 64 * 1024 * 1024;
    private const int TokenTextLimit = 256;

    private readonly StringBuilder _text = new();
    private ArrayBufferWriter<byte> _held = new();
    private byte _quote;
    private bool _escapes;
    private int _depth;
    private bool _passing;

    protected enum Mode
    {
        Code,
        LineComment,
        BlockComment,
        Quoted,
        Dollar,
        EndOfLine,
        CopyData,
    }

    protected Mode State { get; set; }

    /// <summary>What the statement began with: words in capitals, <c>`name</c> for a quoted name, <c>'text</c>, single signs.</summary>
    protected List<string> Tokens { get; } = [];

    /// <summary>1 for the first line.</summary>
    protected int Line { get; private set; } = 1;

    protected int StatementLine { get; private set; } = 1;

    /// <summary>The two bytes before the present one; 0 at the begin.</summary>
    protected (byte BeforeLast, byte Last) Before { get; private set; }

    protected byte[] DollarTag { get; set; } = [];

    /// <summary>Set by a dialect to keep the bytes at hand from the client.</summary>
    protected bool Drop { get; set; }

    /// <summary>True while nothing that is read goes to the client.</summary>
    protected bool Muted { get; set; }

    /// <summary>Bytes at which something may begin or end in code.</summary>
    protected abstract SearchValues<byte> Signs { get; }

    protected abstract bool NestedComments { get; }

    /// <summary>Code, seen from a byte of <see cref="Signs"/>: how many bytes belong to it, 0 for "not enough to tell".</summary>
    protected abstract int Sign(ReadOnlySpan<byte> data, bool final);

    /// <summary>Bytes that must be at hand to tell what begins here.</summary>
    protected virtual int Lookahead => 1;

    /// <summary>True where a delimiter that may also be part of a word begins.</summary>
    protected virtual bool Ends(ReadOnlySpan<byte> data) => false;

    /// <summary>A word at a statement's begin, in capitals: how many bytes belong to it.</summary>
    protected virtual int Word(string word, int length, ReadOnlySpan<byte> data, bool final)
    {
        Token(word);
        return length;
    }

    /// <summary>Looks at the tokens so far.</summary>
    /// <param name="text">The statement so far.</param>
    /// <param name="complete">True at the statement's end: no further chance to look.</param>
    protected abstract Verdict Judge(Func<string> text, bool complete);

    /// <summary>Consumes what can be understood and writes what may pass.</summary>
    /// <param name="final">True when nothing follows.</param>
    /// <returns>Bytes consumed; the rest must be given again with more behind it.</returns>
    public int Process(ReadOnlySpan<byte> data, bool final, IBufferWriter<byte> output)
    {
        var position = 0;
        while (position < data.Length)
        {
            var rest = data[position..];
            var used = State switch
            {
                Mode.Code => Code(rest, final),
                Mode.LineComment => LineComment(rest),
                Mode.BlockComment => Comment(rest, final),
                Mode.Quoted => Quoted(rest, final),
                Mode.Dollar => Dollar(rest, final),
                Mode.EndOfLine => RestOfLine(rest),
                _ => CopyData(rest, final),
            };
            if (used == 0)
                break;
            Take(rest[..used], output);
            position += used;
        }

        if (final)
            Finish(output);
        return position;
    }

    protected void Token(string token)
    {
        if (Tokens.Count == 0)
            StatementLine = Line;
        if (!_passing && Tokens.Count < 4096)
            Tokens.Add(token);
    }

    protected void BeginQuote(byte quote, bool escapes)
    {
        // Right behind a quote that has just ended, the same one again is a doubled quote: the text goes on as it was.
        var doubled = Before.Last == quote;
        (_quote, _escapes, State) = (quote, doubled ? _escapes : escapes, Mode.Quoted);
        _text.Clear();
        if (Tokens.Count == 0)
            StatementLine = Line;
        if (doubled && Tokens.Count > 0 && !_passing)
        {
            _text.Append(Tokens[^1]).Append((char)quote);
            Tokens.RemoveAt(Tokens.Count - 1);
        }
        else
        {
            _text.Append(quote == (byte)'\'' ? '\'' : '`');
        }
    }

    protected void BeginComment() => (_depth, State) = (1, Mode.BlockComment);

    /// <summary>The statement ends with the bytes at hand.</summary>
    protected bool Ended { get; set; }

    protected AppException Refusal(string why, int? line = null) => new(
        ErrorIds.RestoreFailed,
        $"The dump was not loaded: line {line ?? StatementLine} {why}",
        target,
        "Make a dump of the one database alone, without statements that name a database or change the server, and load that.");

    protected AppException Damaged(string why) => new(ErrorIds.BackupDamaged, $"The dump ends in the middle of {why} (line {Line}): it is not whole.", target);

    protected static bool IsWord(byte b) => b is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or >= (byte)'0' and <= (byte)'9' or (byte)'_' or (byte)'$' or >= 0x80;

    /// <summary>A character set whose characters can hold a quote or a backslash as their second byte cannot be read byte by byte.</summary>
    protected static bool HidesSigns(string charset) => charset.ToUpperInvariant().Replace("_", "").Replace("-", "")
        is "SJIS" or "CP932" or "BIG5" or "GBK" or "GB18030" or "UHC" or "JOHAB" or "SHIFTJIS2004" or "WINDOWS932" or "WINDOWS936" or "WINDOWS949" or "WINDOWS950" or "MSKANJI";

    /// <summary>The dump was read to its end.</summary>
    protected virtual void Completed()
    {
    }

    private int Code(ReadOnlySpan<byte> data, bool final)
    {
        if (_passing)
        {
            var sign = data.IndexOfAny(Signs);
            return sign switch { < 0 => data.Length, 0 => Sign(data, final), _ => sign };
        }

        if (data.Length < Lookahead && !final)
            return 0;
        if (Ends(data) || (Signs.Contains(data[0]) && (data[0] == (byte)'$' || !IsWord(data[0]))))
            return Sign(data, final);
        if (!IsWord(data[0]))
        {
            if (data[0] > (byte)' ')
                Token(((char)data[0]).ToString());
            return 1;
        }

        var length = 1;
        while (length < data.Length && IsWord(data[length]) && !Ends(data[length..]))
            length++;
        if (length == data.Length && !final && length < 4096)
            return 0;
        return Word(Encoding.UTF8.GetString(data[..length]).ToUpperInvariant(), length, data, final);
    }

    private int Quoted(ReadOnlySpan<byte> data, bool final)
    {
        var index = _escapes ? data.IndexOfAny(_quote, (byte)'\\') : data.IndexOf(_quote);
        var plain = index < 0 ? data.Length : index;
        if (!_passing && _text.Length < TokenTextLimit)
            _text.Append(Encoding.UTF8.GetString(data[..Math.Min(plain, TokenTextLimit)]));
        if (plain > 0)
            return plain;
        if (data[0] == _quote)
        {
            State = Mode.Code;
            Token(_text.ToString());
            return 1;
        }

        return data.Length > 1 ? 2 : final ? 1 : 0;
    }

    private int LineComment(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)'\n');
        if (end < 0)
            return data.Length;
        State = Mode.Code;
        return end + 1;
    }

    private int Comment(ReadOnlySpan<byte> data, bool final)
    {
        var index = data.IndexOfAny((byte)'*', (byte)'/');
        if (index != 0)
            return index < 0 ? data.Length : index;
        if (data.Length < 2)
            return final ? 1 : 0;
        if (data.StartsWith("*/"u8))
        {
            if (--_depth == 0)
                State = Mode.Code;
            return 2;
        }

        if (NestedComments && data.StartsWith("/*"u8))
        {
            _depth++;
            return 2;
        }

        return 1;
    }

    private int Dollar(ReadOnlySpan<byte> data, bool final)
    {
        var index = data.IndexOf(DollarTag);
        if (index < 0)
            return final ? data.Length : Math.Max(0, data.Length - DollarTag.Length + 1);
        State = Mode.Code;
        Token("'");
        return index + DollarTag.Length;
    }

    /// <summary>Between a COPY and its data: nothing but the line's end.</summary>
    private int RestOfLine(ReadOnlySpan<byte> data)
    {
        if (data[0] == (byte)'\n')
            State = Mode.CopyData;
        else if (data[0] > (byte)' ')
            throw Refusal("goes on behind a COPY … FROM stdin on the same line.", Line);
        return 1;
    }

    private int CopyData(ReadOnlySpan<byte> data, bool final)
    {
        if (Before.Last == (byte)'\n' && data[0] == (byte)'\\')
        {
            if (data.Length < 4 && !final)
                return 0;
            if (data.StartsWith("\\.\n"u8) || data.StartsWith("\\.\r\n"u8) || (final && data.SequenceEqual("\\."u8)))
            {
                State = Mode.Code;
                return 2;
            }
        }

        var end = data.IndexOf("\n\\."u8);
        return end >= 0 ? end + 1 : final ? data.Length : Math.Max(0, data.Length - 2);
    }

    private void Take(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        Line += bytes.Count((byte)'\n');
        Before = (bytes.Length > 1 ? bytes[^2] : Before.Last, bytes[^1]);
        if (!Drop && !Muted)
            (_passing || Tokens.Count == 0 && State != Mode.Quoted ? output : _held).Write(bytes);
        Drop = false;
        if (!_passing && Tokens.Count > 0 && (Ended || State == Mode.Code))
            Decide(output);
        if (_held.WrittenCount > MostHeld)
            throw Refusal("begins a statement that is too long to look into.");
        if (!Ended)
            return;
        Ended = _passing = false;
        Tokens.Clear();
    }

    private void Decide(IBufferWriter<byte> output)
    {
        switch (Judge(() => Encoding.UTF8.GetString(_held.WrittenSpan), Ended))
        {
            case { Reason: { } reason }:
                throw Refusal(reason);
            case { Instead: { } instead }:
                output.Write(Encoding.UTF8.GetBytes(instead));
                break;
            case { Passes: false } when !Ended:
                return;
            default:
                output.Write(_held.WrittenSpan);
                break;
        }

        _passing = true;
        if (_held.Capacity > 1024 * 1024)
            _held = new();
        else
            _held.ResetWrittenCount();
    }

    private void Finish(IBufferWriter<byte> output)
    {
        switch (State)
        {
            case Mode.Quoted or Mode.Dollar:
                throw Damaged("a quoted text");
            case Mode.CopyData or Mode.EndOfLine:
                throw Damaged("a table's rows");
            case Mode.BlockComment:
                throw Damaged("a comment");
        }

        if (Tokens.Count > 0 && !_passing)
        {
            Ended = true;
            Decide(output);
        }

        Completed();
    }
}

/// <summary>What is thought of a statement's beginning; none of the three: not known yet.</summary>
internal readonly record struct Verdict(bool Passes, string? Reason, string? Instead)
{
    public static readonly Verdict Unknown;
    public static readonly Verdict Pass = new(true, null, null);

    public static Verdict Refuse(string reason) => new(false, reason, null);

    /// <param name="statement">What is passed on in place of all that was held back so far.</param>
    public static Verdict Rewrite(string statement) => new(false, null, statement);
}
