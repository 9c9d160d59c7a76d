using System.Globalization;
using System.Text.Json;

namespace UpgradeOps.Engine.Docker;

/// <summary>Reads what the engine says when it refuses: <c>{"message": "…"}</c>.</summary>
internal static class EngineMessage
{
    public static string Of(int status, string body)
    {
        var fallback = string.Create(CultureInfo.InvariantCulture, $"HTTP status {status}");
        if (string.IsNullOrWhiteSpace(body))
            return fallback;
        try
        {
            return JsonSerializer.Deserialize(body, DockerJson.Default.EngineError)?.Message ?? fallback;
        }
        catch (JsonException)
        {
            var text = body.Trim();
            return $"{fallback}: {(text.Length > 500 ? text[..500] : text)}";
        }
    }
}

internal sealed record EngineError(string? Message);
