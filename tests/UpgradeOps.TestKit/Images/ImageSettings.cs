using System.Text.Json.Nodes;

namespace UpgradeOps.TestKit;

/// <summary>The part of an image's configuration that a container starts from.</summary>
public sealed record ImageSettings
{
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<string> Environment { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> HealthCheck { get; init; } = [];

    public string User { get; init; } = "";

    public string? StopSignal { get; init; }

    public string? Volume { get; init; }

    public int? Port { get; init; }

    public DateTimeOffset Created { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string Architecture { get; init; } = "amd64";

    public JsonObject ToJson(IReadOnlyList<Layer> layers)
    {
        var config = new JsonObject
        {
            ["User"] = User,
            ["Env"] = List(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", .. Environment]),
            ["Entrypoint"] = Entrypoint.Count > 0 ? List(Entrypoint) : null,
            ["Cmd"] = Command.Count > 0 ? List(Command) : null,
            ["Labels"] = new JsonObject(Labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
        };
        if (StopSignal is not null)
            config["StopSignal"] = StopSignal;
        if (Volume is not null)
            config["Volumes"] = new JsonObject { [Volume] = new JsonObject() };
        if (Port is not null)
            config["ExposedPorts"] = new JsonObject { [$"{Port}/tcp"] = new JsonObject() };
        if (HealthCheck.Count > 0)
            config["Healthcheck"] = new JsonObject { ["Test"] = List(["CMD", .. HealthCheck]), ["Interval"] = 500_000_000, ["Timeout"] = 5_000_000_000, ["Retries"] = 60 };

        return new JsonObject
        {
            ["architecture"] = Architecture,
            ["os"] = "linux",
            ["created"] = Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["config"] = config,
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = List(layers.Select(l => l.DiffId)) },
            ["history"] = new JsonArray([.. layers.Select(l => new JsonObject { ["created_by"] = "upgradeops-testkit" })]),
        };
    }

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => JsonValue.Create(v))]);
}
