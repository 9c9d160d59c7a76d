using System.Text;
using System.Text.Json.Nodes;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Tests.Apps.Schema;

public class SchemaTests
{
    private readonly SchemaFile schema = new();

    [Fact]
    public void Loader_and_schema_know_the_same_keys()
    {
        var published = schema.Keys();

        Assert.Equal(DefinitionKeys.All.Select(k => k.Path).Order(), published.Keys.Order());
        foreach (var place in DefinitionKeys.All)
            Assert.Equal(place.Known.Order(), published[place.Path].Order());
    }

    [Fact]
    public void No_key_is_known_and_planned_at_once()
    {
        foreach (var place in DefinitionKeys.All)
            Assert.Empty(place.Known.Intersect(place.Planned));
    }

    [Fact]
    public void Every_key_is_described() =>
        Assert.Empty(schema.Descriptions().Where(k => string.IsNullOrWhiteSpace(k.Description)).Select(k => k.Path));

    [Fact]
    public void Every_known_key_is_used_by_a_sample_or_this_definition()
    {
        var used = Definitions.SampleFiles.Select(YamlToJson.Read).Append(JsonNode.Parse("""
            {
              "platform": { "compose": { "files": ["a.yml"], "project": "p" } },
              "releases": { "user": "u", "password": "env:P", "certificateAuthority": "ca.pem", "github": { "as": "notes" }, "changelog": { "github": "o/n", "token": "env:T", "api": "https://g.example.org/api/v3" } },
              "backups": [ { "sqlite": "app.db", "inVolume": "data" }, { "database": "main", "jobs": 4 } ],
              "migrations": { "query": "SELECT v FROM done", "files": "migrations", "down": "migrations/down", "command": ["bin/migrate"], "service": "tools", "timeout": "5m" }
            }
            """)!).SelectMany(d => Places(d, "")).ToHashSet();

        Assert.Empty(DefinitionKeys.All.SelectMany(p => p.Known.Select(k => p.Path.Length == 0 ? k : $"{p.Path}.{k}")).Except(used));
    }

    [Fact]
    public void The_page_about_definitions_names_every_key()
    {
        var page = File.ReadAllText(Path.Combine(Definitions.Repository(), "docs", "definition.md"));

        Assert.All(DefinitionKeys.All.SelectMany(p => p.Known.Select(k => p.Path.Length == 0 ? k : $"{p.Path}.{k}")), k => Assert.Contains($"`{k}`", page));
    }

    [Fact]
    public async Task Every_sample_is_valid_and_loads()
    {
        Assert.NotEmpty(Definitions.SampleFiles);
        foreach (var sample in Definitions.SampleFiles)
        {
            Assert.Empty(schema.Validate(YamlToJson.Read(sample)));
            Assert.Contains($"\nname: {(await DefinitionLoader.LoadAsync(sample, CancellationToken.None)).Name}\n", await File.ReadAllTextAsync(sample), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_one_of_them_refuses_the_other_refuses_too()
    {
        foreach (var sample in Definitions.SampleFiles)
        {
            foreach (var (what, changed) in Changes(YamlToJson.Read(sample)))
            {
                var published = schema.Validate(changed);
                var loader = Refusal(changed);
                Assert.True(published.Count > 0 == loader is not null, $"{what}: schema says [{string.Join("; ", published)}], loader says [{loader}]");
            }
        }
    }

    // Each key taken away, and each value replaced by one of another kind; a refusal by both, or by none where the key is optional.
    private static IEnumerable<(string What, JsonNode Changed)> Changes(JsonNode document)
    {
        foreach (var path in Paths(document, []))
        {
            var name = string.Join('.', path);
            // A copy that is told neither its port nor its database is the loader's to refuse.
            if (name.StartsWith("rehearse.environment.", StringComparison.Ordinal))
                continue;
            if (path[^1] is string key && NeedsNoOther(name))
                yield return ($"without {name}", Edit(document, path, (parent, _) => parent.AsObject().Remove(key)));
            foreach (var other in (string[])["{\"zzz\":{}}", "[[]]", "null", "\"\""])
                yield return ($"{name} = {other}", Edit(document, path, (parent, at) => Set(parent, at, JsonNode.Parse(other))));
        }
    }

    // What fits together across the file is the loader's to know: a schema cannot say that a database's name is used elsewhere.
    private static bool NeedsNoOther(string path) => path is not ("databases" or "databases.main" or "releases.channels" or "releases.channels.release" or "backups" or "backups.0" or "backups.1")
        && !path.StartsWith("platform.service.environment.") && !path.StartsWith("releases.channels.")
        && !path.Contains(".capture") && !path.Contains(".secrets");

    private static IEnumerable<object[]> Paths(JsonNode? node, object[] path) => node switch
    {
        JsonObject o => o.SelectMany(p => Paths(p.Value, [.. path, p.Key]).Prepend([.. path, p.Key])),
        JsonArray a => a.SelectMany((n, i) => Paths(n, [.. path, i]).Prepend([.. path, i])),
        _ => [],
    };

    private static JsonNode Edit(JsonNode document, object[] path, Action<JsonNode, object> edit)
    {
        var copy = document.DeepClone();
        var parent = path[..^1].Aggregate(copy, (at, step) => step is int i ? at[i]! : at[(string)step]!);
        edit(parent, path[^1]);
        return copy;
    }

    private static void Set(JsonNode parent, object at, JsonNode? value)
    {
        if (at is int i)
            parent[i] = value;
        else
            parent[(string)at] = value;
    }

    private static string? Refusal(JsonNode document)
    {
        try
        {
            // JSON is YAML.
            DefinitionLoader.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()), Definitions.File);
            return null;
        }
        catch (AppException e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<string> Places(JsonNode? node, string path) => node switch
    {
        JsonObject o => o.SelectMany(p =>
        {
            var name = path == "databases" ? "databases.*" : path.Length == 0 ? p.Key : $"{path}.{p.Key}";
            return Places(p.Value, name).Prepend(name);
        }),
        JsonArray a => a.SelectMany(n => Places(n, $"{path}[]")),
        _ => [],
    };
}
