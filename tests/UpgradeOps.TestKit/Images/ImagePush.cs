using System.Net;
using System.Net.Http.Headers;

namespace UpgradeOps.TestKit;

/// <summary>Pushes images through the registry's HTTP interface: milliseconds instead of an engine's build and push.</summary>
public sealed class ImagePush(HttpClient client, string repository)
{
    public async Task<string> PushAsync(Image image, params string[] tags)
    {
        foreach (var layer in image.Layers)
            await BlobAsync(layer.Digest, () => File.OpenRead(layer.Path));
        await BlobAsync(image.Id, () => new MemoryStream(image.Config));
        foreach (var tag in tags.DefaultIfEmpty(image.Digest))
            await ManifestAsync(tag, image.Manifest, image.MediaType);
        return image.Digest;
    }

    /// <summary>Pushes one image for each platform and an index over them; gives the digest of the index.</summary>
    public async Task<string> PushIndexAsync(ImageIndex index, params string[] tags)
    {
        foreach (var image in index.Images.Values)
            await PushAsync(image);
        foreach (var tag in tags.DefaultIfEmpty(index.Digest))
            await ManifestAsync(tag, index.Manifest, ImageIndex.MediaType);
        return index.Digest;
    }

    private async Task BlobAsync(string digest, Func<Stream> open)
    {
        using var asked = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"v2/{repository}/blobs/{digest}"));
        if (asked.StatusCode == HttpStatusCode.OK)
            return;
        using var started = await client.PostAsync($"v2/{repository}/blobs/uploads/", null);
        var location = new Uri(client.BaseAddress!, started.EnsureSuccessStatusCode().Headers.Location!);
        var separator = location.Query.Length > 0 ? '&' : '?';
        await using var content = open();
        using var body = new StreamContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using var sent = await client.PutAsync($"{location}{separator}digest={Uri.EscapeDataString(digest)}", body);
        sent.EnsureSuccessStatusCode();
    }

    private async Task ManifestAsync(string reference, byte[] manifest, string mediaType)
    {
        using var body = new ByteArrayContent(manifest) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
        using var answer = await client.PutAsync($"v2/{repository}/manifests/{reference}", body);
        answer.EnsureSuccessStatusCode();
    }
}
