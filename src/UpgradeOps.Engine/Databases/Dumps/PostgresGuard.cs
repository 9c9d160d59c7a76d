using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Databases.Dumps;

/// <summary>
/// Lets a plain PostgreSQL dump pass to psql, but no statement or psql command that reaches another database, the server as a whole,
/// or a file. Of a text that changes between databases only one database's part passes.
/// </summary>
internal sealed partial class PostgresGuard : SqlLexer
{
    private static readonly SearchValues<byte> AllSigns = SearchValues.Create("'\"$-/;\\"u8);

    /// <summary>Objects that all databases of a server share.</summary>
    private static readonly HashSet<string> Shared = ["DATABASE", "ROLE", "USER", "GROUP", "TABLESPACE", "SYSTEM"];

    private readonly PostgresSections? _sections;
    private bool _backslashEscapes;

    /// <param name="sections">Null for a dump of a database alone.</param>
    public PostgresGuard(string target, PostgresSections? sections = null)
        : base(target)
    {
        _sections = sections;
        Muted = sections is not null;
    }

    protected override SearchValues<byte> Signs => AllSigns;

    protected override bool NestedComments => true;

    protected override int Sign(ReadOnlySpan<byte> data, bool final)
    {
        switch (data[0])
        {
            case (byte)';':
                Ended = true;
                if (IsCopyFromInput())
                    State = Mode.EndOfLine;
                return 1;
            case (byte)'\'':
                BeginQuote((byte)'\'', _backslashEscapes || IsEscapePrefix());
                return 1;
            case (byte)'"':
                BeginQuote((byte)'"', escapes: false);
                return 1;
            case (byte)'\\':
                return Command(data, final);
            case (byte)'$':
                return DollarQuote(data, final);
        }

        if (data.Length < 2 && !final)
            return 0;
        if (data.StartsWith("--"u8))
            State = Mode.LineComment;
        else if (data.StartsWith("/*"u8))
            BeginComment();
        else
            Token(((char)data[0]).ToString());
        return State == Mode.Code ? 1 : 2;
    }

    protected override Verdict Judge(Func<string> text, bool complete)
    {
        // Of what is left out only this counts: how the rest of the text is to be read.
        if (Muted)
        {
            return Tokens[0] switch
            {
                "SET" => Setting(complete),
                "COPY" => complete ? Verdict.Pass : Verdict.Unknown,
                _ => Verdict.Pass,
            };
        }

        var verdict = JudgePart(text, complete);
        var isOfServer = verdict.Reason is not null && Tokens[0] is "CREATE" or "ALTER" or "DROP" or "COMMENT" or "SECURITY" or "GRANT" or "REVOKE";
        return _sections is null || !isOfServer ? verdict : complete ? Verdict.Rewrite("") : Verdict.Unknown;
    }

    protected override void Completed() => _sections?.ThrowIfMissing();

    private Verdict JudgePart(Func<string> text, bool complete) => Tokens[0] switch
    {
        "CREATE" or "ALTER" or "DROP" => Definition(complete),
        "COMMENT" or "SECURITY" => About(complete),
        "GRANT" or "REVOKE" => Grant(complete),
        "REASSIGN" => Verdict.Refuse("gives away objects of a role (REASSIGN OWNED), also of other databases."),
        "COPY" => Copy(complete),
        "SET" => Setting(complete),
        "DO" or "SELECT" or "CALL" => complete ? Opaque(text()) : Verdict.Unknown,
        _ => Verdict.Pass,
    };

    private Verdict Definition(bool complete)
    {
        if (Tokens.Count < 3 && !complete)
            return Verdict.Unknown;
        var kind = Tokens.ElementAtOrDefault(1);
        if (kind is "OWNED")
            return Verdict.Refuse("drops all objects of a role (DROP OWNED), also shared ones.");
        var isMapping = kind == "USER" && Tokens.ElementAtOrDefault(2) == "MAPPING";
        return kind is not null && Shared.Contains(kind) && !isMapping
            ? Verdict.Refuse($"says {Tokens[0]} {kind}, which reaches beyond the database that it is loaded into.")
            : Verdict.Pass;
    }

    private Verdict About(bool complete)
    {
        var on = Tokens.IndexOf("ON");
        if (on < 0 || on == Tokens.Count - 1)
            return complete ? Verdict.Pass : Verdict.Unknown;
        return Shared.Contains(Tokens[on + 1])
            ? Verdict.Refuse($"says {Tokens[0]} … ON {Tokens[on + 1]}, which reaches beyond the database that it is loaded into.")
            : Verdict.Pass;
    }

    private Verdict Grant(bool complete)
    {
        if (!complete)
            return Verdict.Unknown;
        var on = Tokens.IndexOf("ON");
        if (on < 0)
            return Verdict.Refuse($"says {Tokens[0]} for a role, which all databases of the server share.");
        return Tokens.ElementAtOrDefault(on + 1) is "DATABASE" or "TABLESPACE" or "PARAMETER"
            ? Verdict.Refuse($"says {Tokens[0]} … ON {Tokens[on + 1]}, which reaches beyond the database that it is loaded into.")
            : Verdict.Pass;
    }

    private Verdict Copy(bool complete)
    {
        if (!complete)
            return Verdict.Unknown;
        return Tokens.Contains("STDIN") || Tokens.Contains("STDOUT")
            ? Verdict.Pass
            : Verdict.Refuse("copies from or to a file or program of the server.");
    }

    private Verdict Setting(bool complete)
    {
        if (!complete)
            return Verdict.Unknown;
        var value = Tokens[^1].TrimStart('\'', '`').ToUpperInvariant();
        if (Tokens.Contains("STANDARD_CONFORMING_STRINGS"))
            _backslashEscapes = value is "OFF" or "FALSE" or "NO" or "0";
        return (Tokens.Contains("CLIENT_ENCODING") || Tokens.Contains("NAMES")) && HidesSigns(value)
            ? Verdict.Refuse($"sets the encoding {value}, in which statements cannot be told apart safely; convert the dump to UTF-8.")
            : Verdict.Pass;
    }

    private static Verdict Opaque(string text) => OtherDatabase().IsMatch(text)
        ? Verdict.Refuse("runs code that speaks of databases or of connections to them.")
        : Verdict.Pass;

    private bool IsCopyFromInput() => Tokens.Count > 0 && Tokens[0] == "COPY" && Tokens.Contains("FROM") && Tokens.Contains("STDIN");

    private bool IsEscapePrefix() => Before.Last is (byte)'e' or (byte)'E' && !IsWord(Before.BeforeLast);

    /// <summary>Commands of psql itself. What newer pg_dump writes to guard psql is left out: an older psql does not know it, and the guard is here.</summary>
    private int Command(ReadOnlySpan<byte> data, bool final)
    {
        var end = data.IndexOf((byte)'\n');
        if (end < 0 && !final)
            return 0;
        var line = Encoding.UTF8.GetString(end < 0 ? data : data[..end]).TrimEnd();
        var startsLine = Before.Last is 0 or (byte)'\n';
        if (startsLine && Tokens.Count == 0 && _sections is not null && PostgresSections.NameIn(line) is { } name)
        {
            Muted = !_sections.Enter(name, Line);
            _backslashEscapes = false;
            Drop = true;
            return end < 0 ? data.Length : end;
        }

        if (!startsLine || Tokens.Count > 0 || !Guarding().IsMatch(line))
            throw Refusal($"holds the psql command {line.Split(' ', 2)[0]}, which could leave the database that it is loaded into.", Line);
        Drop = true;
        return end < 0 ? data.Length : end;
    }

    private int DollarQuote(ReadOnlySpan<byte> data, bool final)
    {
        if (IsWord(Before.Last))
            return 1;
        var length = 1;
        while (length < data.Length && data[length] != (byte)'$' && IsWord(data[length]))
            length++;
        if (length == data.Length)
            return final ? 1 : 0;
        if (data[length] != (byte)'$' || data[1] is >= (byte)'0' and <= (byte)'9')
            return 1;
        DollarTag = data[..(length + 1)].ToArray();
        State = Mode.Dollar;
        return length + 1;
    }

    [GeneratedRegex(@"^\\(un)?restrict [A-Za-z0-9]+$")]
    private static partial Regex Guarding();

    [GeneratedRegex(@"\bdatabase\b|dblink|(create|alter|drop)\s+(role|user|tablespace|system)\b|\blo_(ex|im)port\b|\bpg_(terminate|cancel)_backend\b", RegexOptions.IgnoreCase)]
    private static partial Regex OtherDatabase();
}
