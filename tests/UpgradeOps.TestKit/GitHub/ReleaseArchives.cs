using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace UpgradeOps.TestKit;

/// <summary>Archives and checksum files as goreleaser publishes them.</summary>
public static class ReleaseArchives
{
    private const UnixFileMode Runs = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Reads = (UnixFileMode)0b110_100_100;

    /// <param name="files">What begins with <c>#!</c> may be run.</param>
    public static byte[] TarGz(IEnumerable<(string Name, byte[] Bytes)> files, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, level, leaveOpen: true))
            WriteTar(gzip, files);
        return bytes.ToArray();
    }

    /// <summary>Needs <see cref="Part.Zstd"/>.</summary>
    public static byte[] TarZst(IEnumerable<(string Name, byte[] Bytes)> files)
    {
        using var folder = new TempFolder("zst-");
        using (var tar = File.Create(folder["tar"]))
            WriteTar(tar, files);
        using var zstd = Process.Start("zstd", ["-q", folder["tar"], "-o", folder["tar.zst"]]);
        zstd.WaitForExit();
        return File.ReadAllBytes(folder["tar.zst"]);
    }

    public static byte[] Zip(IEnumerable<(string Name, byte[] Bytes)> files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = (0x8000 | (int)(IsProgram(content) ? Runs : Reads)) << 16;
                using var stream = entry.Open();
                stream.Write(content);
            }
        }

        return bytes.ToArray();
    }

    /// <summary><c>checksums.txt</c></summary>
    public static byte[] Checksums(IEnumerable<KeyValuePair<string, byte[]>> assets) =>
        Encoding.UTF8.GetBytes(string.Concat(assets.Select(a => $"{GitHubShapes.Sha256(a.Value)}  {a.Key}\n")));

    /// <summary>A release with its checksums.</summary>
    public static PublishedRelease Release(string tag, params (string Name, byte[] Bytes)[] assets)
    {
        var all = assets.ToDictionary(a => a.Name, a => a.Bytes);
        all["checksums.txt"] = Checksums(assets.Select(a => KeyValuePair.Create(a.Name, a.Bytes)));
        return new PublishedRelease(tag, all);
    }

    private static void WriteTar(Stream stream, IEnumerable<(string Name, byte[] Bytes)> files)
    {
        using var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true);
        foreach (var (name, content) in files)
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { Mode = IsProgram(content) ? Runs : Reads, DataStream = new MemoryStream(content) });
    }

    private static bool IsProgram(byte[] content) => content.AsSpan().StartsWith("#!"u8);
}
