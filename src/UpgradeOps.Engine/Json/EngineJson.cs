using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace UpgradeOps.Engine.Json;

/// <summary>
/// The one place where records become JSON and come back: camelCase names, enums by name, null left out, times in UTC with <c>Z</c>,
/// line ends always <c>\n</c>. The Model carries no attributes: in PowerShell it may live beside another System.Text.Json than
/// the one that serialises it, and would then be ignored without a word.
/// </summary>
public static class EngineJson
{
    internal static JsonSerializerOptions Options { get; } = Create(indented: false);

    private static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>One line, or two spaces a level.</summary>
    public static string Write<T>(T value, bool indented = false)
    {
        var json = JsonSerializer.Serialize(value, value?.GetType() ?? typeof(T), indented ? Indented : Options);
        // .NET 8 breaks lines as the machine does; within strings a CR is always escaped, so this touches nothing else.
        return indented ? json.Replace("\r\n", "\n", StringComparison.Ordinal) : json;
    }

    /// <summary>Equal for equal values on every runtime and machine: keys sorted by code unit, no white space. What hashes are made of.</summary>
    public static string Canonical<T>(T value)
    {
        using var document = JsonSerializer.SerializeToDocument(value, value?.GetType() ?? typeof(T), Options);
        return CanonicalJson.Write(document.RootElement);
    }

    /// <summary>
    /// Reads what <see cref="Write"/> wrote. Also takes what <c>ConvertTo-Json</c> makes of the same record: names in any case, enums as
    /// numbers, members that are only computed.
    /// </summary>
    /// <param name="errorId">What it means here that the text cannot be read, such as <see cref="ErrorIds.PlanDamaged"/>.</param>
    /// <param name="target">What the text is, for a person: a file, "the plan".</param>
    /// <exception cref="AppException">Not JSON, or not this record: with line, column and member.</exception>
    public static T Read<T>(string json, string errorId, string target)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options)
                ?? throw new AppException(errorId, $"{target}: holds null where a {typeof(T).Name} was expected.", target);
        }
        catch (JsonException e)
        {
            throw new AppException(errorId, JsonFault.Describe(target, e), target, inner: e);
        }
    }

    /// <inheritdoc cref="Read{T}(string, string, string)"/>
    /// <param name="utf8">UTF-8, with or without a byte order mark.</param>
    public static T Read<T>(ReadOnlySpan<byte> utf8, string errorId, string target)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var text = utf8.StartsWith(mark) ? utf8[mark.Length..] : utf8;
        try
        {
            return JsonSerializer.Deserialize<T>(text, Options)
                ?? throw new AppException(errorId, $"{target}: holds null where a {typeof(T).Name} was expected.", target);
        }
        catch (JsonException e)
        {
            throw new AppException(errorId, JsonFault.Describe(target, e), target, inner: e);
        }
    }

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            WriteIndented = indented,
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            PropertyNameCaseInsensitive = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by people and programs, never pasted into HTML
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RecordRules.Apply } },
        };
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new EnumNameConverterFactory());
        options.MakeReadOnly();
        return options;
    }
}
