using System.Text.Json;
using System.Text.Json.Serialization;

namespace UpgradeOps.Engine.Json;

/// <summary>Enums by their names. Reads names in any case and the numbers of defined members; anything else is an error that lists the names.</summary>
internal sealed class EnumNameConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(EnumNameConverter<>).MakeGenericType(typeToConvert))!;

    private sealed class EnumNameConverter<T> : JsonConverter<T>
        where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var known = reader.TokenType switch
            {
                JsonTokenType.String => Named(reader.GetString()!),
                JsonTokenType.Number when reader.TryGetInt32(out var number) => Numbered(number),
                _ => null,
            };
            return known ?? throw new JsonException($"expected one of {string.Join(", ", Enum.GetNames<T>())}.");
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Enum.GetName(value) ?? throw new JsonException($"{typeof(T).Name} has no member {value}."));

        private static T? Named(string text) =>
            Enum.GetNames<T>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<T>(name) : null;

        private static T? Numbered(int number)
        {
            var value = (T)Enum.ToObject(typeof(T), number);
            return Enum.IsDefined(value) ? value : null;
        }
    }
}
