using System.Buffers.Binary;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>
/// What an archive holds, as one value: names, kinds, modes, owners, links and contents of all entries. Neither
/// the order of entries nor times count, so a copy that went through another engine has the same.
/// </summary>
internal sealed class TarDigest
{
    private readonly byte[] _sum = new byte[SHA256.HashSizeInBytes];
    private readonly Dictionary<string, string>? _files;
    private long _entries;

    private TarDigest(bool resolvesLinks) => _files = resolvesLinks ? new(StringComparer.Ordinal) : null;

    /// <exception cref="InvalidDataException">The archive is damaged, cut, or holds something that is refused.</exception>
    public static Task<string> OfAsync(Stream tar, CancellationToken cancellationToken) => OfAsync(tar, resolvesLinks: false, cancellationToken);

    /// <param name="resolvesLinks">
    /// A hard link counts as the file that it is: which of its names comes first differs between tools. Memory grows with the number of files then.
    /// </param>
    public static async Task<string> OfAsync(Stream tar, bool resolvesLinks, CancellationToken cancellationToken)
    {
        var digest = new TarDigest(resolvesLinks);
        await TarWalker.WalkAsync(tar, digest.AddAsync, cancellationToken).ConfigureAwait(false);
        return digest.ToString();
    }

    /// <summary><c>entries:hexadecimal</c></summary>
    public override string ToString() => $"{_entries}:{Hex.Of(_sum)}";

    private async Task AddAsync(string name, TarEntry entry, CancellationToken cancellationToken)
    {
        var content = entry.DataStream is { } data ? await SHA256.HashDataAsync(data, cancellationToken).ConfigureAwait(false) : [];
        var kind = entry.EntryType switch
        {
            TarEntryType.Directory => 'd',
            TarEntryType.SymbolicLink => 'l',
            TarEntryType.HardLink => 'h',
            TarEntryType.Fifo => 'p',
            _ => 'f',
        };
        var link = kind switch
        {
            'l' => entry.LinkName,
            'h' => TarGuard.LinkTarget(entry),
            _ => "",
        };
        // The mode of a link means nothing, and engines write different ones.
        var mode = kind == 'l' ? 0 : (int)entry.Mode;
        var what = $"{mode}\0{entry.Uid}\0{entry.Gid}\0{link}\0{Hex.Of(content)}";
        if (_files is not null && kind == 'h' && _files.TryGetValue(link, out var same))
            (kind, what) = ('f', same);
        if (_files is not null && kind == 'f')
            _files[name] = what;
        Add(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\0{name}\0{what}")));
        _entries++;
    }

    /// <summary>Addition modulo 2²⁵⁶: the same whatever comes first.</summary>
    private void Add(ReadOnlySpan<byte> hash)
    {
        ulong carry = 0;
        for (var i = 0; i < _sum.Length; i += sizeof(uint))
        {
            var part = BinaryPrimitives.ReadUInt32LittleEndian(_sum.AsSpan(i)) + (ulong)BinaryPrimitives.ReadUInt32LittleEndian(hash[i..]) + carry;
            BinaryPrimitives.WriteUInt32LittleEndian(_sum.AsSpan(i), (uint)part);
            carry = part >> 32;
        }
    }
}
