using System.Text.Json;
using System.Text.Json.Serialization;

namespace UpgradeOps.TestKit.Commands;

internal static class Json
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
