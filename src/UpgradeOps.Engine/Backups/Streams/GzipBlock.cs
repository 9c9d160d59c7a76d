using System.Buffers.Binary;
using System.IO.Compression;

namespace UpgradeOps.Engine.Backups.Streams;

/// <summary>
/// Room for one block of data and for the gzip member made from it; used again and again, so that memory stays flat.
/// A member is complete in itself. Its header carries the member's own size in an extra field (<c>UG</c>, 4 bytes, little endian),
/// which every gunzip skips and by which <see cref="ParallelGunzipStream"/> finds the next one without unpacking this one.
/// </summary>
internal sealed class GzipBlock
{
    public const int Capacity = 1 << 20;
    public const int HeaderSize = 20;
    private const int PlainHeaderSize = 10;

    private readonly byte[] _input = new byte[Capacity];
    private readonly MemoryStream _output = new(Capacity / 2);

    public int Filled { get; private set; }

    public bool IsFull => Filled == Capacity;

    /// <summary>The member, valid after <see cref="Compress"/> until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Member => _output.GetBuffer().AsMemory(0, (int)_output.Length);

    /// <returns>How many of the bytes found room.</returns>
    public int Append(ReadOnlySpan<byte> data)
    {
        var taken = Math.Min(data.Length, Capacity - Filled);
        data[..taken].CopyTo(_input.AsSpan(Filled));
        Filled += taken;
        return taken;
    }

    public void Clear() => Filled = 0;

    public void Compress(CompressionLevel level)
    {
        // The plain header that GZipStream writes ends where ours ends, and is then overwritten.
        _output.SetLength(HeaderSize - PlainHeaderSize);
        _output.Position = HeaderSize - PlainHeaderSize;
        using (var gzip = new GZipStream(_output, level, leaveOpen: true))
            gzip.Write(_input, 0, Filled);
        if (Filled == 0)
            WriteEmptyBody();
        WriteHeader(_output.GetBuffer().AsSpan(0, HeaderSize), (uint)_output.Length);
    }

    /// <summary>The size of the whole member whose header this is; null for a header of another tool.</summary>
    /// <param name="header">At least <see cref="HeaderSize"/> bytes.</param>
    public static int? SizeOf(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderSize || header is not [0x1f, 0x8b, 8, 4, ..] || header is not [_, _, _, _, _, _, _, _, _, _, 8, 0, (byte)'U', (byte)'G', 4, 0, ..])
            return null;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        // What one block can become at most: stored blocks add 5 bytes each 16 KiB at the very worst.
        return size is > HeaderSize and < Capacity + (Capacity / 8) ? (int)size : null;
    }

    private static void WriteHeader(Span<byte> header, uint memberSize)
    {
        ReadOnlySpan<byte> fixedPart = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0, (byte)'U', (byte)'G', 4, 0];
        fixedPart.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], memberSize);
    }

    /// <summary>For no data GZipStream writes nothing at all: one final empty block, checksum 0, length 0.</summary>
    private void WriteEmptyBody()
    {
        _output.SetLength(HeaderSize);
        _output.Position = HeaderSize;
        _output.Write([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
