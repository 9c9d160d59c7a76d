using System.Text;
using System.Text.Json.Nodes;

namespace UpgradeOps.TestKit;

/// <summary>One name for several platforms' images, as published images are today.</summary>
public sealed class ImageIndex
{
    public const string MediaType = "application/vnd.oci.image.index.v1+json";

    /// <param name="images">One image for each architecture, such as <c>amd64</c> and <c>arm64</c>.</param>
    public ImageIndex(IReadOnlyDictionary<string, Image> images)
    {
        Images = images;
        Manifest = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaType,
            ["manifests"] = new JsonArray([.. images.Select(Entry)]),
        }.ToJsonString());
    }

    public IReadOnlyDictionary<string, Image> Images { get; }

    public byte[] Manifest { get; }

    public string Digest => Image.DigestOf(Manifest);

    private static JsonObject Entry(KeyValuePair<string, Image> image)
    {
        var entry = Image.Descriptor(image.Value.MediaType, image.Value.Manifest.Length, image.Value.Digest);
        entry["platform"] = new JsonObject { ["architecture"] = image.Key, ["os"] = "linux" };
        return entry;
    }
}
