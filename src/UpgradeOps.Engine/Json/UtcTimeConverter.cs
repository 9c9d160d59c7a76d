using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UpgradeOps.Engine.Json;

/// <summary>Times as <c>2026-03-01T12:00:00.1234567Z</c>: always UTC, the fraction only as long as it must be. A time without zone is read as UTC.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Shape = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String
            && reader.GetString() is { } text
            && text.Length >= 19
            && text[4] == '-' && text[10] == 'T'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return time;
        throw new JsonException("expected a time such as 2026-03-01T12:00:00Z.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToUniversalTime().ToString(Shape, CultureInfo.InvariantCulture));
}
