using System.Text.Json.Nodes;
using UpgradeOps.Engine.Releases.Registry;

namespace UpgradeOps.Engine.Tests.Releases.Doubles;

/// <summary>Bytes of a manifest or index, and of what it points to, by digest.</summary>
internal sealed record FakeImage(string Digest, string MediaType, byte[] Manifest, IReadOnlyDictionary<string, byte[]> Blobs, IReadOnlyList<FakeImage> Children)
{
    public static FakeImage Build(string architecture = "amd64", string? version = null, string? created = null, string salt = "", bool docker = false, string? variant = null)
    {
        var labels = new JsonObject();
        if (version is not null)
            labels["org.opencontainers.image.version"] = version;
        if (created is not null)
            labels["org.opencontainers.image.created"] = created;
        var config = Bytes(new JsonObject
        {
            ["architecture"] = architecture,
            ["os"] = "linux",
            ["variant"] = variant,
            ["created"] = "2026-02-01T00:00:00Z",
            ["salt"] = salt,
            ["config"] = new JsonObject { ["Labels"] = labels },
        });
        var type = docker ? MediaTypes.DockerManifest : MediaTypes.OciManifest;
        var manifest = Bytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = type,
            ["config"] = new JsonObject { ["mediaType"] = "application/vnd.oci.image.config.v1+json", ["digest"] = Of(config), ["size"] = config.Length },
            ["layers"] = new JsonArray(Layer(1000), Layer(234)),
        });
        return new FakeImage(Of(manifest), type, manifest, new Dictionary<string, byte[]> { [Of(config)] = config }, []);
    }

    public static FakeImage Index(params (string Platform, FakeImage Image)[] images)
    {
        var entries = images.Select(i => (JsonNode)new JsonObject
        {
            ["mediaType"] = i.Image.MediaType,
            ["digest"] = i.Image.Digest,
            ["size"] = i.Image.Manifest.Length,
            ["platform"] = Platform(i.Platform),
        });
        var manifest = Bytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciIndex,
            ["manifests"] = new JsonArray([.. entries]),
        });
        return new FakeImage(Of(manifest), MediaTypes.OciIndex, manifest, new Dictionary<string, byte[]>(), [.. images.Select(i => i.Image)]);
    }

    public static string Of(byte[] bytes) => UpgradeOps.Engine.Releases.Registry.Digest.Sha256(bytes);

    private static JsonObject Platform(string text)
    {
        var parts = text.Split('/');
        var platform = new JsonObject { ["os"] = parts[0], ["architecture"] = parts[1] };
        if (parts.Length > 2)
            platform["variant"] = parts[2];
        return platform;
    }

    private static JsonObject Layer(int size) =>
        new() { ["mediaType"] = "application/vnd.oci.image.layer.v1.tar+gzip", ["digest"] = $"sha256:{new string('a', 64)}", ["size"] = size };

    private static byte[] Bytes(JsonObject json) => System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
}
