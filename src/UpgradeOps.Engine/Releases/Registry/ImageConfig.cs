using System.Globalization;
using System.Text.Json;

namespace UpgradeOps.Engine.Releases.Registry;

/// <summary>What an image's configuration tells about it.</summary>
internal sealed record ImageConfig(ImagePlatform Platform, IReadOnlyDictionary<string, string> Labels, DateTimeOffset? Created)
{
    public string? Version => Labels.GetValueOrDefault("org.opencontainers.image.version") is { Length: > 0 } version ? version.Trim() : null;

    public string? Revision => Labels.GetValueOrDefault("org.opencontainers.image.revision");

    /// <summary>From the label, else from the build; null where a reproducible build wrote the epoch.</summary>
    public DateTimeOffset? PublishedAt =>
        (Time(Labels.GetValueOrDefault("org.opencontainers.image.created")) ?? Created) is { Year: >= 2000 } time ? time : null;

    /// <exception cref="FormatException">It is no image configuration.</exception>
    public static ImageConfig Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            var labels = new Dictionary<string, string>(StringComparer.Ordinal);
            if (root.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object
                && config.TryGetProperty("Labels", out var entries) && entries.ValueKind == JsonValueKind.Object)
            {
                foreach (var label in entries.EnumerateObject().Where(l => l.Value.ValueKind == JsonValueKind.String))
                    labels[label.Name] = label.Value.GetString()!;
            }
            return new ImageConfig(
                new ImagePlatform(Text(root, "os") ?? "", Text(root, "architecture") ?? "", Text(root, "variant")),
                labels,
                Time(Text(root, "created")));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("it is no image configuration", e);
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
