using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Tests.Apps.Schema;

/// <summary>The published JSON Schema, with as much of a validator as it uses. A keyword that it does not know is an error.</summary>
internal sealed class SchemaFile
{
    private static readonly string[] Annotations = ["$schema", "$id", "$defs", "title", "description", "default"];
    private readonly JsonObject root = JsonNode.Parse(File.ReadAllText(Path.Combine(Definitions.Repository(), "schema", "upgradeops.v1.json")))!.AsObject();

    /// <summary>Keys by place, written as in <c>DefinitionKeys</c>.</summary>
    public IReadOnlyDictionary<string, string[]> Keys()
    {
        var found = new Dictionary<string, string[]>();
        Walk(root, "", found);
        return found;
    }

    /// <summary>Every key with its description, by full path.</summary>
    public IEnumerable<(string Path, string? Description)> Descriptions() => Keys().SelectMany(place => place.Value.Select(key =>
    {
        var at = place.Key.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate(root, Step);
        return (place.Key.Length == 0 ? key : $"{place.Key}.{key}", (string?)at["properties"]![key]!["description"]);
    }));

    /// <returns>What is wrong; empty when the document is valid.</returns>
    public IReadOnlyList<string> Validate(JsonNode? document)
    {
        var errors = new List<string>();
        Check(root, document, "$", errors);
        return errors;
    }

    private JsonObject Step(JsonObject at, string name)
    {
        if (name == "*")
            return Resolve(at["additionalProperties"]!.AsObject());
        var next = Resolve(at["properties"]![name.Replace("[]", "")]!.AsObject());
        return name.EndsWith("[]") ? Resolve(next["items"]!.AsObject()) : next;
    }

    private void Walk(JsonObject schema, string path, Dictionary<string, string[]> found)
    {
        if (schema["properties"] is JsonObject properties)
        {
            found.Add(path, [.. properties.Select(p => p.Key)]);
            foreach (var (name, child) in properties)
                Walk(Resolve(child!.AsObject()), path.Length == 0 ? name : $"{path}.{name}", found);
        }

        if (schema["additionalProperties"] is JsonObject named)
            Walk(Resolve(named), $"{path}.*", found);
        if (schema["items"] is JsonObject items)
            Walk(Resolve(items), $"{path}[]", found);
    }

    private JsonObject Resolve(JsonObject schema) =>
        (string?)schema["$ref"] is { } reference ? root["$defs"]![reference["#/$defs/".Length..]]!.AsObject() : schema;

    private void Check(JsonObject schema, JsonNode? node, string at, List<string> errors)
    {
        void Refuse(bool wrong, string why)
        {
            if (wrong)
                errors.Add($"{at}: {why}");
        }

        foreach (var (keyword, rule) in schema)
        {
            switch (keyword)
            {
                case "$ref": Check(Resolve(schema), node, at, errors); break;
                case "type": Refuse(!Types(rule!).Contains(TypeOf(node)) && !(TypeOf(node) == "integer" && Types(rule!).Contains("number")), $"type {TypeOf(node)}"); break;
                case "const": Refuse(!JsonNode.DeepEquals(rule, node), "const"); break;
                case "enum": Refuse(!rule!.AsArray().Any(v => JsonNode.DeepEquals(v, node)), "enum"); break;
                case "pattern": Refuse(node is JsonValue && !Regex.IsMatch(node.ToString(), (string)rule!), "pattern"); break;
                case "minLength": Refuse(TypeOf(node) == "string" && node!.ToString().Length < (int)rule!, keyword); break;
                case "maxLength": Refuse(TypeOf(node) == "string" && node!.ToString().Length > (int)rule!, keyword); break;
                case "minimum": Refuse(TypeOf(node) == "integer" && (long)node! < (int)rule!, keyword); break;
                case "maximum": Refuse(TypeOf(node) == "integer" && (long)node! > (int)rule!, keyword); break;
                case "minItems": Refuse(node is JsonArray a && a.Count < (int)rule!, keyword); break;
                case "minProperties": Refuse(node is JsonObject few && few.Count < (int)rule!, keyword); break;
                case "maxProperties": Refuse(node is JsonObject many && many.Count > (int)rule!, keyword); break;
                case "required": Refuse(node is JsonObject o && rule!.AsArray().Any(r => !o.ContainsKey((string)r!)), keyword); break;
                case "dependentRequired":
                    Refuse(node is JsonObject d && rule!.AsObject().Any(r => d.ContainsKey(r.Key) && r.Value!.AsArray().Any(n => !d.ContainsKey((string)n!))), keyword);
                    break;
                case "oneOf":
                    Refuse(rule!.AsArray().Count(r => Matches(r!.AsObject(), node)) != 1, keyword);
                    break;
                case "propertyNames":
                    foreach (var name in Entries(node).Select(e => e.Key))
                        Check(rule!.AsObject(), name, $"{at}.{name}", errors);
                    break;
                case "properties":
                    foreach (var (name, value) in Entries(node))
                    {
                        if (rule![name] is JsonObject property)
                            Check(property, value, $"{at}.{name}", errors);
                    }

                    break;
                case "additionalProperties":
                    foreach (var (name, value) in Entries(node).Where(p => schema["properties"]?[p.Key] is null))
                    {
                        if (rule is JsonObject named)
                            Check(named, value, $"{at}.{name}", errors);
                        else
                            errors.Add($"{at}.{name}: unknown");
                    }

                    break;
                case "items":
                    foreach (var (item, i) in (node is JsonArray list ? list : []).Select((n, i) => (n, i)))
                        Check(rule!.AsObject(), item, $"{at}[{i}]", errors);
                    break;
                default:
                    Assert.Contains(keyword, Annotations);
                    break;
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Entries(JsonNode? node) => node is JsonObject map ? map : [];

    private bool Matches(JsonObject schema, JsonNode? node)
    {
        var errors = new List<string>();
        Check(schema, node, "", errors);
        return errors.Count == 0;
    }

    private static IEnumerable<string> Types(JsonNode rule) => rule is JsonArray many ? many.Select(t => (string)t!) : [(string)rule!];

    private static string TypeOf(JsonNode? node) => node is null ? "null" : node.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.Number => long.TryParse(node.ToJsonString(), out _) ? "integer" : "number",
        System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
