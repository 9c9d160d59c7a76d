using System.Text.Json;

namespace UpgradeOps.Engine.Health.Http;

/// <summary>Finds the version in a JSON answer.</summary>
internal static class JsonVersion
{
    /// <param name="path">Names with dots between them.</param>
    /// <returns>Text or number at that place; null, with the reason, when there is none.</returns>
    public static (string? Version, string? Problem) Read(string body, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowTrailingCommas = true });
            var at = document.RootElement;
            foreach (var name in path.Split('.'))
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                    return (null, $"the answer has no '{path}'");
            }

            return at.ValueKind switch
            {
                JsonValueKind.String when at.GetString() is { Length: > 0 and <= 256 } text => (text, null),
                JsonValueKind.Number => (at.GetRawText(), null),
                _ => (null, $"'{path}' in the answer is no version"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, "the answer is no JSON");
        }
    }
}
