using System.Text.Json;
using System.Text.Json.Nodes;

namespace UpgradeOps.Engine.Platforms.Compose.Scratch;

/// <summary>What the compose files say for the new version, all of it. It holds secrets of the services: it is shown to nobody and kept nowhere.</summary>
internal sealed class ScratchModel
{
    private readonly JsonObject root;

    /// <param name="json">As <c>docker compose config --format json</c> writes it: every variable is filled in, and a dollar sign stands twice.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.ComposeInvalid"/>: it is not what Compose 2 writes.</exception>
    public ScratchModel(byte[] json)
    {
        try
        {
            root = JsonNode.Parse(json) as JsonObject ?? [];
        }
        catch (JsonException e)
        {
            throw new AppException(ErrorIds.ComposeInvalid, $"What docker compose config wrote is not understood: {e.Message}", "docker compose config", inner: e);
        }
    }

    /// <summary>All of it, to be changed.</summary>
    public JsonObject Copy() => (JsonObject)root.DeepClone();

    /// <summary>A top-level part, such as <c>networks</c>.</summary>
    public JsonObject Part(string name) => root[name] as JsonObject ?? [];

    public bool Has(string service) => Part("services")[service] is JsonObject;

    public JsonObject Service(string name) => Part("services")[name] as JsonObject
        ?? throw new AppException(ErrorIds.ComposeServiceMissing, $"The compose file has no service '{name}' for the new version.", name);

    /// <summary>What the engine calls a network or volume of the compose file.</summary>
    public string NameOf(string part, string key) => Part(part)[key] is JsonObject declared && Text(declared, "name") is { } name ? name : key;

    /// <summary>Volumes with a name that a service mounts, as the engine calls them.</summary>
    public IReadOnlyList<string> Volumes(string service) =>
        [.. Mounts(service).Where(m => Text(m, "type") == "volume").Select(m => Text(m, "source")).OfType<string>().Select(s => NameOf("volumes", s)).Distinct()];

    public IEnumerable<JsonObject> Mounts(string service) => Items(Service(service), "volumes").OfType<JsonObject>();

    /// <summary>Variables as the container gets them; one that has no value takes none along.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment(string service) => Service(service)["environment"] is JsonObject variables
        ? variables.Where(v => v.Value is not null).Select(v => new KeyValuePair<string, string>(v.Key, Plain(v.Value!.ToString())))
        : [];

    /// <summary>The words of <c>command</c> or <c>entrypoint</c>.</summary>
    public IEnumerable<string> Words(string service, string key) => Items(Service(service), key).OfType<JsonValue>().Select(w => Plain(w.ToString()));

    /// <summary>The port in the container that one of these ports of the machine leads to; null when none does.</summary>
    public int? TargetOf(string service, IReadOnlyCollection<int> published)
    {
        var found = Items(Service(service), "ports").OfType<JsonObject>()
            .FirstOrDefault(p => Text(p, "protocol") is null or "tcp" && int.TryParse(p["published"]?.ToString(), out var port) && published.Contains(port));
        return found is not null && int.TryParse(found["target"]?.ToString(), out var target) ? target : null;
    }

    public static string? Text(JsonObject node, string key) => node[key] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    public static IEnumerable<JsonNode?> Items(JsonObject node, string key) => node[key] is JsonArray items ? items : [];

    private static string Plain(string text) => text.Replace("$$", "$", StringComparison.Ordinal);
}
