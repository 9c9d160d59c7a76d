using System.Text.Json;

namespace UpgradeOps.Engine.Platforms.Compose.Model;

/// <summary>Reads the JSON of <c>docker compose config --format json</c>.</summary>
internal static class ComposeModelReader
{
    private static readonly string[] Hooks = ["post_start", "pre_stop"];

    /// <param name="json">With <paramref name="probe"/> as the variable's value.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.ComposeInvalid"/>: it is not what Compose 2 writes.</exception>
    public static ComposeModel Read(ReadOnlySpan<byte> json, string probe, IReadOnlyList<string> warnings)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var volumes = ReadNames(document.RootElement, "volumes");
            var networks = ReadNames(document.RootElement, "networks");
            var configs = ReadFiles(document.RootElement, "configs");
            var services = Member(document.RootElement, "services") is { ValueKind: JsonValueKind.Object } all
                ? all.EnumerateObject().Select(s => ReadService(s.Name, s.Value, probe, volumes, networks, configs)).ToDictionary(s => s.Name)
                : [];
            return new ComposeModel(Text(document.RootElement, "name") ?? "", services, warnings) { Secrets = [.. ReadFiles(document.RootElement, "secrets").Values] };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new AppException(ErrorIds.ComposeInvalid, $"What docker compose config wrote is not understood: {e.Message}", "docker compose config", inner: e);
        }
    }

    private static ComposeService ReadService(string name, JsonElement service, string probe, Dictionary<string, string> volumes, Dictionary<string, string> networks, Dictionary<string, string> configs)
    {
        var image = Text(service, "image");
        return new ComposeService
        {
            Name = name,
            Image = image,
            Template = image is null ? null : ImageTemplate.Of(image, probe),
            UsesVariable = service.GetRawText().Contains(probe, StringComparison.Ordinal),
            ContainerName = Text(service, "container_name"),
            Replicas = ReadReplicas(service),
            Build = Member(service, "build") is { } build ? ReadBuild(build) : null,
            Volumes = ReadVolumes(service, volumes),
            Mounted = ReadMounted(service, configs),
            Networks = ReadNetworks(service, networks, probe),
            PullPolicy = Text(service, "pull_policy"),
            HasHooks = Hooks.Any(h => Member(service, h) is not null),
            DependsOn = Member(service, "depends_on") is { ValueKind: JsonValueKind.Object } depends
                ? depends.EnumerateObject().Select(ReadDependency).ToList()
                : [],
            SharesWith = ReadShares(service),
        };
    }

    /// <returns>What the engine calls the file's volumes or networks, by the file's own words for them.</returns>
    private static Dictionary<string, string> ReadNames(JsonElement model, string kind) => Member(model, kind) is { ValueKind: JsonValueKind.Object } named
        ? named.EnumerateObject().ToDictionary(n => n.Name, n => Text(n.Value, "name") ?? n.Name)
        : [];

    /// <returns>Absolute paths of the files of the machine behind <c>configs</c> or <c>secrets</c>, by the file's own words for them.</returns>
    private static Dictionary<string, string> ReadFiles(JsonElement model, string kind) => Member(model, kind) is { ValueKind: JsonValueKind.Object } named
        ? named.EnumerateObject().Where(n => Text(n.Value, "file") is not null).ToDictionary(n => n.Name, n => Plain(Text(n.Value, "file")!))
        : [];

    private static List<string> ReadMounted(JsonElement service, Dictionary<string, string> configs)
    {
        var binds = Items(service, "volumes").Where(m => Text(m, "type") == "bind").Select(m => Text(m, "source")).OfType<string>().Select(Plain);
        var files = Items(service, "configs").Select(c => c.ValueKind == JsonValueKind.String ? c.GetString() : Text(c, "source")).OfType<string>().Select(configs.GetValueOrDefault).OfType<string>();
        return [.. binds.Concat(files).Distinct()];
    }

    private static ComposeServiceBuild ReadBuild(JsonElement build) => new(
        Text(build, "context") ?? ".",
        Text(build, "dockerfile_inline") is null ? Text(build, "dockerfile") ?? "Dockerfile" : null);

    private static List<string> ReadVolumes(JsonElement service, Dictionary<string, string> volumes) =>
        [.. Items(service, "volumes").Where(m => Text(m, "type") == "volume").Select(m => Text(m, "source")).OfType<string>().Select(s => volumes.GetValueOrDefault(s, s)).Distinct()];

    /// <summary>A network whose name the variable decides is left out: what it will be called is not known here.</summary>
    private static List<string> ReadNetworks(JsonElement service, Dictionary<string, string> networks, string probe) =>
        Text(service, "network_mode") is null && Member(service, "networks") is { ValueKind: JsonValueKind.Object } joined
            ? [.. joined.EnumerateObject().Select(n => networks.GetValueOrDefault(n.Name, n.Name)).Where(n => !n.Contains(probe, StringComparison.Ordinal))]
            : [];

    private static ComposeDependency ReadDependency(JsonProperty dependency) => new(
        dependency.Name,
        Text(dependency.Value, "condition") ?? "service_started",
        Member(dependency.Value, "restart") is { ValueKind: JsonValueKind.True });

    private static int ReadReplicas(JsonElement service)
    {
        var declared = Member(service, "deploy") is { } deploy ? Member(deploy, "replicas") : null;
        // Numbers that were interpolated are text in some versions of Compose.
        return (declared ?? Member(service, "scale")) switch
        {
            { ValueKind: JsonValueKind.Number } number => number.GetInt32(),
            { ValueKind: JsonValueKind.String } text when int.TryParse(text.GetString(), out var count) => count,
            _ => 1,
        };
    }

    private static List<string> ReadShares(JsonElement service)
    {
        var modes = new[] { "network_mode", "ipc", "pid" }.Select(m => Text(service, m));
        var volumes = Member(service, "volumes_from") is { ValueKind: JsonValueKind.Array } from
            ? from.EnumerateArray().Select(v => "service:" + v.GetString()!.Split(':')[0])
            : [];
        return modes.Concat(volumes)
            .Where(m => m?.StartsWith("service:", StringComparison.Ordinal) == true)
            .Select(m => m!["service:".Length..])
            .Distinct()
            .ToList();
    }

    /// <summary>Compose writes each dollar sign twice.</summary>
    private static string Plain(string written) => written.Replace("$$", "$", StringComparison.Ordinal);

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value ? value : null;
}
