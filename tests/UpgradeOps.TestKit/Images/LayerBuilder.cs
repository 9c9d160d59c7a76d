using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace UpgradeOps.TestKit;

/// <summary>Collects files into a layer. A layer with the same content is made once and then taken from the cache.</summary>
public sealed class LayerBuilder
{
    private readonly SortedDictionary<string, LayerEntry> entries = new(StringComparer.Ordinal);

    public LayerBuilder Folder(string path, int mode = 0b111_101_101, int owner = 0) =>
        Add(new LayerEntry(Relative(path), TarEntryType.Directory, mode, owner));

    public LayerBuilder File(string path, string content, int mode = 0b110_100_100, int owner = 0) =>
        Add(new LayerEntry(Relative(path), TarEntryType.RegularFile, mode, owner) { Content = Encoding.UTF8.GetBytes(content) });

    public LayerBuilder Link(string path, string target) =>
        Add(new LayerEntry(Relative(path), TarEntryType.SymbolicLink, 0b111_111_111, 0) { Target = target });

    /// <summary>Copies a file of this machine, following links, with its mode.</summary>
    public LayerBuilder HostFile(string source, string? path = null)
    {
        var real = new FileInfo(source).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? source;
        var mode = (int)System.IO.File.GetUnixFileMode(real);
        return Add(new LayerEntry(Relative(path ?? source), TarEntryType.RegularFile, mode, 0) { HostFile = real });
    }

    /// <summary>Copies all files below a folder of this machine that are wanted.</summary>
    public LayerBuilder HostTree(string folder, Func<string, bool>? wanted = null)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(wanted ?? (_ => true)))
            if (System.IO.File.Exists(file))
                HostFile(file);
        return this;
    }

    /// <summary>Copies programs or plug-ins of this machine together with the libraries that they load.</summary>
    public async Task<LayerBuilder> ProgramsAsync(params string[] programs)
    {
        foreach (var file in programs.Concat(await SharedLibraries.OfAsync(programs)))
            HostFile(file);
        return this;
    }

    public async Task<Layer> BuildAsync(string name)
    {
        var identity = string.Join('\n', entries.Values.Select(e => e.Identity));
        var key = $"{name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..16]}";
        var note = await Cache.FileAsync($"{key}.json", async draft =>
        {
            var layer = await WriteAsync(Cache.PathOf($"{key}.tar.gz"));
            await System.IO.File.WriteAllTextAsync(draft, JsonSerializer.Serialize(layer));
        });
        return JsonSerializer.Deserialize<Layer>(await System.IO.File.ReadAllTextAsync(note))!;
    }

    private async Task<Layer> WriteAsync(string path)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        using var packedHash = SHA256.Create();
        using var plainHash = SHA256.Create();
        await using (var file = System.IO.File.Create(draft))
        await using (var packed = new CryptoStream(file, packedHash, CryptoStreamMode.Write))
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        await using (var plain = new CryptoStream(gzip, plainHash, CryptoStreamMode.Write))
        await using (var tar = new TarWriter(plain, TarEntryFormat.Ustar))
        {
            foreach (var entry in entries.Values)
                await entry.WriteAsync(tar);
        }
        System.IO.File.Move(draft, path, overwrite: true);
        return new Layer(path, Name(packedHash), Name(plainHash), new FileInfo(path).Length);
    }

    private static string Name(SHA256 hash) => $"sha256:{Convert.ToHexStringLower(hash.Hash!)}";

    private static string Relative(string path) => path.TrimStart('/');

    private LayerBuilder Add(LayerEntry entry)
    {
        entries[entry.Path] = entry;
        return this;
    }
}
