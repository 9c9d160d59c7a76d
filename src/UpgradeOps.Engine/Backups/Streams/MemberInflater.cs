using System.Buffers.Binary;
using System.IO.Compression;
using UpgradeOps.Engine.Archives;

namespace UpgradeOps.Engine.Backups.Streams;

/// <summary>Room for one gzip member of ours and for what is in it; used again and again.</summary>
internal sealed class MemberInflater
{
    private byte[] _member = [];
    private readonly byte[] _content = new byte[GzipBlock.Capacity + GzipSentinel.Content.Length + 1];
    private int _size;
    private int _length;

    public ReadOnlyMemory<byte> Content => _content.AsMemory(0, _length);

    /// <summary>Reads one member, whose first bytes were read already.</summary>
    public async Task ReadAsync(Stream input, ReadOnlyMemory<byte> header, int size, CancellationToken cancellationToken)
    {
        _size = size;
        var needed = size + GzipSentinel.Member.Length;
        if (_member.Length < needed)
            _member = new byte[Math.Max(needed, GzipBlock.Capacity / 2)];
        header.CopyTo(_member);
        await input.ReadExactlyAsync(_member.AsMemory(header.Length, size - header.Length), cancellationToken).ConfigureAwait(false);
        GzipSentinel.Member.CopyTo(_member, size);
    }

    /// <exception cref="InvalidDataException">The member is damaged.</exception>
    public void Inflate()
    {
        using var gzip = new GZipStream(new MemoryStream(_member, 0, _size + GzipSentinel.Member.Length), CompressionMode.Decompress);
        var total = gzip.ReadAtLeast(_content, _content.Length, throwOnEndOfStream: false);
        _length = total - GzipSentinel.Content.Length;
        if (_length < 0
            || total == _content.Length
            || !_content.AsSpan(_length..total).SequenceEqual(GzipSentinel.Content)
            || BinaryPrimitives.ReadUInt32LittleEndian(_member.AsSpan(_size - 4)) != (uint)_length)
            throw new InvalidDataException("A compressed block is damaged.");
    }
}
