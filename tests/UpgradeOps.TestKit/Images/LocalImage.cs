using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;

namespace UpgradeOps.TestKit;

/// <summary>Puts an image into the engine without a registry, for containers that a test runs by hand.</summary>
public static class LocalImage
{
    /// <summary>Gives the name of the image in the engine; its tag is made from its content, so it is loaded once.</summary>
    public static async Task<string> LoadAsync(string name, Image image)
    {
        var reference = $"upgradeops-test/{name}:{image.Id["sha256:".Length..][..16]}";
        if ((await Command.RunAsync("docker", "image", "inspect", reference)).ExitCode == 0)
            return reference;
        using var folder = new TempFolder();
        await WriteArchiveAsync(folder["image.tar"], image, reference);
        await Command.OutputAsync("docker", "load", "--quiet", "--input", folder["image.tar"]);
        return reference;
    }

    private static async Task WriteArchiveAsync(string path, Image image, string reference)
    {
        await using var file = File.Create(path);
        await using var tar = new TarWriter(file, TarEntryFormat.Pax);
        foreach (var layer in image.Layers)
            await tar.WriteEntryAsync(layer.Path, LayerName(layer));
        await AddAsync(tar, "config.json", image.Config);
        var manifest = new JsonObject
        {
            ["Config"] = "config.json",
            ["RepoTags"] = new JsonArray(reference),
            ["Layers"] = new JsonArray([.. image.Layers.Select(l => JsonValue.Create(LayerName(l)))]),
        };
        await AddAsync(tar, "manifest.json", Encoding.UTF8.GetBytes(new JsonArray(manifest).ToJsonString()));
    }

    private static string LayerName(Layer layer) => $"{layer.Digest["sha256:".Length..]}.tar.gz";

    private static async Task AddAsync(TarWriter tar, string name, byte[] content) =>
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
}
