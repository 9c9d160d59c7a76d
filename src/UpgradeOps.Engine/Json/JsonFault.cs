using System.Text.Json;

namespace UpgradeOps.Engine.Json;

/// <summary>Says in one sentence where JSON is wrong; the serialiser's own sentences differ from runtime to runtime.</summary>
internal static class JsonFault
{
    public static string Describe(string target, JsonException fault)
    {
        var place = fault.LineNumber is { } line ? $", line {line + 1}, column {(fault.BytePositionInLine ?? 0) + 1}" : "";
        var member = fault.Path is { Length: > 1 } path ? $" at {path}" : "";
        return $"{target}{place}{member}: {Reason(fault)}";
    }

    private static string Reason(JsonException fault)
    {
        var text = fault.Message;
        var tail = text.IndexOf(" Path: ", StringComparison.Ordinal);
        if (tail < 0)
            tail = text.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        text = (tail < 0 ? text : text[..tail]).TrimEnd();
        return text.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) ? "the value is not of the right kind." : text;
    }
}
