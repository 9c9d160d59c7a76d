using System.Globalization;
using System.Text.Json;

namespace UpgradeOps.Engine.Health.Smoke;

/// <summary>Values at places of a JSON answer: names with dots between them, a number for an entry of a list.</summary>
internal static class JsonPlace
{
    /// <returns>Text as it is, anything else as JSON writes it; null when there is no such place.</returns>
    public static string? Read(JsonElement root, string path)
    {
        var at = root;
        foreach (var name in path.Split('.'))
        {
            if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength())
                at = at[index];
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return null;
        }

        return at.ValueKind == JsonValueKind.String ? at.GetString() : at.GetRawText();
    }
}
