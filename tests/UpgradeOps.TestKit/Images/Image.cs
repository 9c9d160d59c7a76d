using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace UpgradeOps.TestKit;

/// <summary>An image ready to be pushed: its layers, its configuration and the manifest that names them.</summary>
public sealed class Image
{
    private const string Docker = "application/vnd.docker.";
    private const string Oci = "application/vnd.oci.image.";

    /// <param name="oci">Write the manifest in the OCI format instead of Docker's schema 2.</param>
    public Image(IReadOnlyList<Layer> layers, ImageSettings settings, bool oci = false)
    {
        Layers = layers;
        Config = Encoding.UTF8.GetBytes(settings.ToJson(layers).ToJsonString());
        MediaType = oci ? $"{Oci}manifest.v1+json" : $"{Docker}distribution.manifest.v2+json";
        Manifest = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaType,
            ["config"] = Descriptor(oci ? $"{Oci}config.v1+json" : $"{Docker}container.image.v1+json", Config.Length, DigestOf(Config)),
            ["layers"] = new JsonArray([.. layers.Select(l =>
                Descriptor(oci ? $"{Oci}layer.v1.tar+gzip" : $"{Docker}image.rootfs.diff.tar.gzip", l.Size, l.Digest))]),
        }.ToJsonString());
    }

    public IReadOnlyList<Layer> Layers { get; }

    public byte[] Config { get; }

    /// <summary>The image id that the engine shows.</summary>
    public string Id => DigestOf(Config);

    public byte[] Manifest { get; }

    public string MediaType { get; }

    /// <summary>The digest by which a registry knows the image.</summary>
    public string Digest => DigestOf(Manifest);

    public static string DigestOf(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    internal static JsonObject Descriptor(string mediaType, long size, string digest) =>
        new() { ["mediaType"] = mediaType, ["size"] = size, ["digest"] = digest };
}
