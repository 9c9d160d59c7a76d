using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Databases.Dumps;

/// <summary>
/// Lets a SQL dump pass to the mariadb client, but no statement that reaches another database or the server as a whole. The client
/// runs in binary mode, where it knows no command of its own but DELIMITER.
/// </summary>
/// <param name="into">The database that it is loaded into.</param>
internal sealed partial class MariaDbGuard(string target, string into) : SqlLexer(target)
{
    private static readonly SearchValues<byte> WithSemicolon = SearchValues.Create("'\"`#-/*;"u8);

    private static readonly Dictionary<string, string> ServerWide = new()
    {
        ["USE"] = "changes to another database (USE).",
        ["GRANT"] = "changes the server's users (GRANT).",
        ["REVOKE"] = "changes the server's users (REVOKE).",
        ["CHANGE"] = "changes the server's replication (CHANGE).",
        ["RESET"] = "changes the server's replication (RESET).",
        ["PURGE"] = "removes the server's logs (PURGE).",
        ["INSTALL"] = "changes the server's plugins (INSTALL).",
        ["UNINSTALL"] = "changes the server's plugins (UNINSTALL).",
        ["SHUTDOWN"] = "stops the server (SHUTDOWN).",
        ["KILL"] = "ends other sessions (KILL).",
        ["LOAD"] = "reads a file (LOAD).",
        ["PREPARE"] = "prepares a statement that cannot be looked into (PREPARE).",
        ["EXECUTE"] = "runs a statement that cannot be looked into (EXECUTE).",
        ["CALL"] = "runs a procedure that cannot be looked into (CALL).",
        ["START"] = "",
        ["STOP"] = "changes the server's replication (STOP).",
    };

    private byte[] _delimiter = ";"u8.ToArray();
    private SearchValues<byte> _signs = WithSemicolon;
    private bool _backslashIsPlain;

    protected override SearchValues<byte> Signs => _signs;

    protected override bool NestedComments => false;

    /// <summary>Enough for the longest thing to be told apart: the delimiter, and the digits of a conditional comment.</summary>
    protected override int Lookahead => Math.Max(16, _delimiter.Length);

    protected override bool Ends(ReadOnlySpan<byte> data) => data.StartsWith(_delimiter);

    protected override int Sign(ReadOnlySpan<byte> data, bool final)
    {
        if (data.Length < Lookahead && !final)
            return 0;
        if (Ends(data))
        {
            Ended = true;
            return _delimiter.Length;
        }

        switch (data[0])
        {
            case (byte)'\'' or (byte)'"':
                BeginQuote(data[0], !_backslashIsPlain);
                return 1;
            case (byte)'`':
                BeginQuote((byte)'`', escapes: false);
                return 1;
            case (byte)'#':
                State = Mode.LineComment;
                return 1;
        }

        if (data.StartsWith("--"u8) && (data.Length == 2 || data[2] <= (byte)' '))
        {
            State = Mode.LineComment;
            return 2;
        }

        if (data.StartsWith("*/"u8))
            return 2;
        if (data.StartsWith("/*"u8))
            return BeginAnyComment(data);
        Token(((char)data[0]).ToString());
        return 1;
    }

    protected override Verdict Judge(Func<string> text, bool complete)
    {
        if (ServerWide.TryGetValue(Tokens[0], out var reason) && reason.Length > 0)
            return Verdict.Refuse(reason);
        return Tokens[0] switch
        {
            "START" => Second(complete, "SLAVE", "REPLICA", "ALL") ?? Verdict.Unknown,
            "CREATE" or "ALTER" or "DROP" or "RENAME" => Definition(complete),
            "INSERT" or "REPLACE" or "UPDATE" or "DELETE" or "TRUNCATE" or "LOCK" or "OPTIMIZE" or "REPAIR" => Names(complete),
            "SET" => complete ? Setting(text()) : Verdict.Unknown,
            _ => Verdict.Pass,
        };
    }

    private Verdict? Second(bool complete, params ReadOnlySpan<string> refused)
    {
        if (Tokens.Count < 2)
            return complete ? Verdict.Pass : null;
        return refused.Contains(Tokens[1]) ? Verdict.Refuse($"says {Tokens[0]} {Tokens[1]}, which reaches beyond the database that it is loaded into.") : Verdict.Pass;
    }

    private Verdict Definition(bool complete)
    {
        var kind = Tokens.Skip(1).FirstOrDefault(t => t is not ("OR" or "REPLACE"));
        if (kind is null)
            return complete ? Verdict.Pass : Verdict.Unknown;
        if (kind is "USER" or "ROLE" or "SERVER" or "TABLESPACE" or "LOGFILE" or "INSTANCE")
            return Verdict.Refuse($"says {Tokens[0]} {kind}, which reaches beyond the database that it is loaded into.");
        if (kind is not ("DATABASE" or "SCHEMA"))
            return Names(complete);
        if (Tokens[0] == "ALTER")
            return AlterDatabase(complete);
        return Verdict.Refuse($"says {Tokens[0]} {kind}.");
    }

    /// <summary>
    /// mariadb-dump changes the database's default characters around a routine that was made under others, and names the database
    /// that it came from.
    /// </summary>
    private Verdict AlterDatabase(bool complete)
    {
        if (!complete)
            return Verdict.Unknown;
        var named = Tokens.ElementAtOrDefault(2) is { } third && third is not ("CHARACTER" or "CHARSET" or "COLLATE" or "DEFAULT");
        var rest = string.Join(' ', Tokens.Skip(named ? 3 : 2));
        return Characters().IsMatch(rest)
            ? Verdict.Rewrite($"ALTER DATABASE {MariaDb.MariaDbDialect.Instance.Name(into)} {rest} {Encoding.UTF8.GetString(_delimiter)}")
            : Verdict.Refuse("says ALTER DATABASE.");
    }

    /// <summary>The names that a statement works on stand before its first parenthesis or keyword of content; a dot among them names a database.</summary>
    private Verdict Names(bool complete)
    {
        for (var i = 1; i < Tokens.Count; i++)
        {
            if (Tokens[i] == "." && !Tokens[i - 1].All(char.IsAsciiDigit))
                return Verdict.Refuse($"names a table or routine together with its database ({Tokens[i - 1].TrimStart('`').ToLowerInvariant()}.…).");
            if (i > 1 && Tokens[i] is "(" or "VALUES" or "VALUE" or "SELECT" or "AS" or "BEGIN" or "FOR" or "WHERE" or "DO" or "SET")
                return Verdict.Pass;
        }

        return complete ? Verdict.Pass : Verdict.Unknown;
    }

    private Verdict Setting(string text)
    {
        var all = text.ToUpperInvariant();
        if (Tokens.Contains("GLOBAL") || Tokens.Contains("PERSIST") || Tokens.Contains("PERSIST_ONLY"))
            return Verdict.Refuse("sets a variable of the whole server (SET GLOBAL); mysqldump leaves it out with --set-gtid-purged=OFF.");
        if (Tokens.ElementAtOrDefault(1) is "PASSWORD" or "DEFAULT")
            return Verdict.Refuse("changes the server's users (SET).");
        if (all.Contains("SQL_MODE", StringComparison.Ordinal))
            _backslashIsPlain = all.Contains("NO_BACKSLASH_ESCAPES", StringComparison.Ordinal);
        var charset = Tokens.FirstOrDefault(t => HidesSigns(t.TrimStart('\'', '`')));
        return charset is null ? Verdict.Pass : Verdict.Refuse($"sets the character set {charset.TrimStart('\'')}, in which statements cannot be told apart safely; convert the dump to UTF-8.");
    }

    /// <summary>A comment that says from which server on it is a statement counts as one.</summary>
    private int BeginAnyComment(ReadOnlySpan<byte> data)
    {
        var mark = data.StartsWith("/*!"u8) ? 3 : data.StartsWith("/*M!"u8) ? 4 : 0;
        if (mark == 0)
        {
            BeginComment();
            return 2;
        }

        while (mark < data.Length && data[mark] is >= (byte)'0' and <= (byte)'9')
            mark++;
        return mark;
    }

    /// <summary>The client's one command; it takes the rest of the line.</summary>
    protected override int Word(string word, int length, ReadOnlySpan<byte> data, bool final)
    {
        if (Tokens.Count > 0 || word != "DELIMITER")
            return base.Word(word, length, data, final);
        var end = data.IndexOf((byte)'\n');
        if (end < 0 && !final)
            return 0;
        var line = data[length..(end < 0 ? data.Length : end)];
        var delimiter = Encoding.UTF8.GetString(line).Trim().Split(' ', 2)[0];
        if (delimiter.Length is 0 or > 64 || delimiter[0] is '\'' or '"' or '`' or '\\')
            throw Refusal("sets a delimiter that is not understood.", Line);
        _delimiter = Encoding.UTF8.GetBytes(delimiter);
        _signs = SearchValues.Create([.. "'\"`#-/*"u8, _delimiter[0]]);
        return end < 0 ? data.Length : end + 1;
    }

    [GeneratedRegex(@"^((DEFAULT )?(CHARACTER SET|CHARSET|COLLATE) (= )?\w+ ?)+$")]
    private static partial Regex Characters();
}
