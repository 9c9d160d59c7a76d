using System.Net.Http.Headers;
using System.Text;

namespace UpgradeOps.Engine.Releases.Registry.Auth;

/// <summary>How a registry wants its clients to identify themselves: one challenge of a <c>WWW-Authenticate</c> header.</summary>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public bool IsBearer => Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase);

    public bool IsBasic => Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase);

    public string? Realm => Parameters.GetValueOrDefault("realm");

    public string? Service => Parameters.GetValueOrDefault("service");

    public string? Scope => Parameters.GetValueOrDefault("scope");

    /// <returns>The one to answer: Bearer before Basic; null when there is neither.</returns>
    public static AuthChallenge? Choose(HttpHeaderValueCollection<AuthenticationHeaderValue> offered)
    {
        var challenges = offered.Select(o => new AuthChallenge(o.Scheme, Parse(o.Parameter ?? ""))).ToList();
        return challenges.Find(c => c.IsBearer && c.Realm is not null) ?? challenges.Find(c => c.IsBasic);
    }

    /// <summary><c>name="value"</c> or <c>name=value</c>, separated by commas; quoted values may hold commas and escaped signs.</summary>
    private static Dictionary<string, string> Parse(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < text.Length;)
        {
            var equals = text.IndexOf('=', i);
            if (equals < 0)
                break;
            var name = text[i..equals].Trim(' ', ',', '\t');
            i = equals + 1;
            parameters[name] = i < text.Length && text[i] == '"' ? Quoted(text, ref i) : Plain(text, ref i);
        }
        return parameters;
    }

    private static string Quoted(string text, ref int i)
    {
        var value = new StringBuilder();
        for (i++; i < text.Length && text[i] != '"'; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
                i++;
            value.Append(text[i]);
        }
        i++;
        return value.ToString();
    }

    private static string Plain(string text, ref int i)
    {
        var end = text.IndexOf(',', i);
        var value = end < 0 ? text[i..] : text[i..end];
        i = end < 0 ? text.Length : end;
        return value.Trim();
    }
}
