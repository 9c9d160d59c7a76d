using System.Text.Json;

namespace UpgradeOps.Engine.Releases.Registry;

/// <summary>A piece of content that a manifest points to.</summary>
internal sealed record ContentDescriptor(string MediaType, string Digest, long Size, ImagePlatform? Platform);

/// <summary>
/// What a registry serves under a tag: either an index with one manifest a platform, or the manifest of one image. <see cref="Digest"/> was
/// compared with the bytes.
/// </summary>
internal sealed record ManifestDocument
{
    public required string Digest { get; init; }

    public required string MediaType { get; init; }

    /// <summary>Of an index; empty for an image.</summary>
    public IReadOnlyList<ContentDescriptor> Manifests { get; init; } = [];

    /// <summary>Of an image; null for an index.</summary>
    public ContentDescriptor? Config { get; init; }

    public IReadOnlyList<ContentDescriptor> Layers { get; init; } = [];

    /// <exception cref="FormatException">It is neither index nor image, or lacks what it must have.</exception>
    public static ManifestDocument Parse(ReadOnlyMemory<byte> bytes, string? contentType, string digest)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.GetProperty("schemaVersion").GetInt32() != 2)
                throw new FormatException("the registry serves only schema 1, which engines no longer pull");

            // The header decides; registries on plain file stores send none worth having, then the document speaks for itself.
            var type = MediaTypes.IsIndex(contentType) || MediaTypes.IsManifest(contentType) ? contentType! : Text(root, "mediaType");
            var isIndex = type is null ? root.TryGetProperty("manifests", out _) : MediaTypes.IsIndex(type);
            return isIndex
                ? new ManifestDocument { Digest = digest, MediaType = type ?? MediaTypes.OciIndex, Manifests = List(root, "manifests") }
                : new ManifestDocument
                {
                    Digest = digest,
                    MediaType = type ?? MediaTypes.OciManifest,
                    Config = Descriptor(root.GetProperty("config")),
                    Layers = List(root, "layers"),
                };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("it is no image index or manifest", e);
        }
    }

    private static ContentDescriptor[] List(JsonElement parent, string name) => [.. parent.GetProperty(name).EnumerateArray().Select(Descriptor)];

    private static ContentDescriptor Descriptor(JsonElement element)
    {
        var digest = Text(element, "digest");
        if (!Registry.Digest.IsValid(digest))
            throw new FormatException("it points to content by something that is no digest");
        var platform = element.TryGetProperty("platform", out var p) && p.ValueKind == JsonValueKind.Object
            ? new ImagePlatform(Text(p, "os") ?? "", Text(p, "architecture") ?? "", Text(p, "variant"))
            : null;
        return new ContentDescriptor(Text(element, "mediaType") ?? "", digest!, element.TryGetProperty("size", out var size) ? size.GetInt64() : 0, platform);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
