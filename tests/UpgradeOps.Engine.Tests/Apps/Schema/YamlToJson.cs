using System.Globalization;
using System.Text.Json.Nodes;
using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Apps.Definition.Yaml;

namespace UpgradeOps.Engine.Tests.Apps.Schema;

/// <summary>A YAML file as an editor's validator sees it.</summary>
internal static class YamlToJson
{
    public static JsonNode Read(string path)
    {
        var problems = new Problems(path);
        var node = NodeReader.Read(File.ReadAllText(path), problems)!;
        problems.ThrowIfAny();
        return Convert(node)!;
    }

    private static JsonNode? Convert(Node node) => node switch
    {
        MapNode map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key, Convert(e.Value)))),
        ListNode list => new JsonArray([.. list.Items.Select(Convert)]),
        ScalarNode { IsNull: true } => null,
        ScalarNode { Quoted: false } plain when long.TryParse(plain.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        ScalarNode { Quoted: false, Text: "true" or "false" } flag => flag.Text == "true",
        ScalarNode text => text.Text,
        _ => throw new InvalidOperationException(node.Kind),
    };
}
