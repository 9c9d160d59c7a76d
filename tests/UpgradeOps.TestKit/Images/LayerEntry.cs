using System.Formats.Tar;
using System.Security.Cryptography;

namespace UpgradeOps.TestKit;

/// <summary>One file, folder or link of a layer; a host file is read only when the layer is not cached yet.</summary>
internal sealed record LayerEntry(string Path, TarEntryType Type, int Mode, int Owner)
{
    public byte[]? Content { get; init; }

    public string? HostFile { get; init; }

    public string? Target { get; init; }

    /// <summary>What a cached layer is recognised by: for a host file its size and time stand for its bytes.</summary>
    public string Identity
    {
        get
        {
            var content = Content is null ? "" : Convert.ToHexString(SHA256.HashData(Content));
            var host = HostFile is null ? "" : $"{HostFile}:{new FileInfo(HostFile).Length}:{File.GetLastWriteTimeUtc(HostFile).Ticks}";
            return $"{Path}|{Type}|{Mode}|{Owner}|{content}|{host}|{Target}";
        }
    }

    public async Task WriteAsync(TarWriter tar)
    {
        // Ustar with fixed times: the same input gives the same digest on every machine.
        var entry = new UstarTarEntry(Type, Path)
        {
            Mode = (UnixFileMode)Mode,
            Uid = Owner,
            Gid = Owner,
            ModificationTime = DateTimeOffset.UnixEpoch,
        };
        if (Target is not null)
            entry.LinkName = Target;
        await using Stream? data = Content is not null ? new MemoryStream(Content) : HostFile is not null ? File.OpenRead(HostFile) : null;
        if (data is not null)
            entry.DataStream = data;
        await tar.WriteEntryAsync(entry);
    }
}
