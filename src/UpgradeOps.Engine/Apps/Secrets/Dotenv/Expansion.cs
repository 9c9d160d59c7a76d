using System.Text;

namespace UpgradeOps.Engine.Apps.Secrets.Dotenv;

/// <summary><c>$NAME</c>, <c>${NAME}</c>, <c>${NAME:-default}</c>, <c>${NAME-default}</c>, <c>${NAME:+other}</c>, <c>${NAME+other}</c>, <c>${NAME:?}</c>, <c>$$</c>.</summary>
internal static class Expansion
{
    private const int MaximumDepth = 32;

    /// <exception cref="FormatException">An open brace, or a variable that is demanded and missing.</exception>
    public static string Expand(string value, Func<string, string?> lookup) => Expand(value, lookup, 0);

    private static string Expand(string value, Func<string, string?> lookup, int depth)
    {
        if (depth > MaximumDepth)
            throw new FormatException("variables stand too deep in one another");
        if (!value.Contains('$', StringComparison.Ordinal))
            return value;

        var result = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var next = i + 1 < value.Length ? value[i + 1] : '\0';
            if (value[i] != '$')
            {
                result.Append(value[i]);
            }
            else if (next == '$')
            {
                result.Append('$');
                i++;
            }
            else if (next == '{')
            {
                var end = ClosingBrace(value, i + 2);
                result.Append(Braced(value[(i + 2)..end], lookup, depth));
                i = end;
            }
            else if (IsFirst(next))
            {
                var name = Name(value, i + 1);
                result.Append(lookup(name));
                i += name.Length;
            }
            else
            {
                result.Append('$');
            }
        }

        return result.ToString();
    }

    private static string Braced(string inner, Func<string, string?> lookup, int depth)
    {
        var name = inner.Length > 0 && IsFirst(inner[0]) ? Name(inner, 0) : throw new FormatException("after ${ a variable's name is expected");
        var found = lookup(name);
        var rest = inner[name.Length..];
        if (rest.Length == 0)
            return found ?? "";

        var orEmpty = rest[0] == ':';
        var present = orEmpty ? !string.IsNullOrEmpty(found) : found is not null;
        var kind = rest.Length > (orEmpty ? 1 : 0) ? rest[orEmpty ? 1 : 0] : '\0';
        var other = rest[Math.Min(rest.Length, orEmpty ? 2 : 1)..];
        return kind switch
        {
            '-' => present ? found! : Expand(other, lookup, depth + 1),
            '+' => present ? Expand(other, lookup, depth + 1) : "",
            '?' => present ? found! : throw new FormatException($"the variable {name} is demanded and missing"),
            _ => throw new FormatException($"the expansion of {name} is malformed"),
        };
    }

    private static int ClosingBrace(string value, int from)
    {
        var depth = 1;
        for (var i = from; i < value.Length; i++)
        {
            if (value[i] == '{' && value[i - 1] == '$')
                depth++;
            else if (value[i] == '}' && --depth == 0)
                return i;
        }

        throw new FormatException("a ${ is not closed");
    }

    private static string Name(string value, int from)
    {
        var end = from;
        while (end < value.Length && (IsFirst(value[end]) || char.IsAsciiDigit(value[end])))
            end++;
        return value[from..end];
    }

    private static bool IsFirst(char c) => c == '_' || char.IsAsciiLetter(c);
}
