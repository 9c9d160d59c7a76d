using System.Globalization;
using System.Text;
using System.Text.Json;

namespace UpgradeOps.Engine.Json;

/// <summary>
/// Canonical form in the manner of RFC 8785: keys sorted by UTF-16 code unit, no white space, only what must be escaped is escaped.
/// Written by hand, because what the serialiser's encoders escape follows the runtime's Unicode tables, and a hash must not.
/// </summary>
internal static class CanonicalJson
{
    public static string Write(JsonElement element)
    {
        var text = new StringBuilder();
        Append(text, element);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                AppendObject(text, element);
                break;
            case JsonValueKind.Array:
                AppendArray(text, element);
                break;
            case JsonValueKind.String:
                AppendString(text, element.GetString()!);
                break;
            case JsonValueKind.Number:
                AppendNumber(text, element);
                break;
            default:
                text.Append(element.GetRawText()); // true, false, null
                break;
        }
    }

    private static void AppendObject(StringBuilder text, JsonElement element)
    {
        var separator = '{';
        foreach (var member in element.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            text.Append(separator);
            AppendString(text, member.Name);
            text.Append(':');
            Append(text, member.Value);
            separator = ',';
        }
        text.Append(separator == '{' ? "{}" : "}");
    }

    private static void AppendArray(StringBuilder text, JsonElement element)
    {
        var separator = '[';
        foreach (var item in element.EnumerateArray())
        {
            text.Append(separator);
            Append(text, item);
            separator = ',';
        }
        text.Append(separator == '[' ? "[]" : "]");
    }

    private static void AppendNumber(StringBuilder text, JsonElement element)
    {
        if (element.TryGetInt64(out var whole))
            text.Append(whole.ToString(CultureInfo.InvariantCulture));
        else
            text.Append(element.GetDouble().ToString("R", CultureInfo.InvariantCulture));
    }

    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }
        text.Append('"');
    }
}
