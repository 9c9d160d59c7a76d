using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Databases.Dumps;

/// <summary>
/// Passes bytes on to another stream and remembers the first and the last of them, so that a dump's begin and end marks can be
/// looked at without holding the dump.
/// </summary>
internal sealed class MarkedStream(Stream inner) : WriteOnlyStream
{
    public const int HeadSize = 256;
    public const int TailSize = 4096;

    private readonly byte[] _head = new byte[HeadSize];
    private readonly byte[] _ring = new byte[TailSize];
    private long _count;

    /// <summary>Bytes so far.</summary>
    public long Count => _count;

    /// <summary>The first bytes, at most <see cref="HeadSize"/>.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(0, (int)Math.Min(_count, HeadSize));

    /// <summary>The last bytes, at most <see cref="TailSize"/>.</summary>
    public byte[] Tail()
    {
        var size = (int)Math.Min(_count, TailSize);
        var end = (int)(_count % TailSize);
        if (size < TailSize)
            return _ring[..size];
        return [.. _ring.AsSpan(end), .. _ring.AsSpan(0, end)];
    }

    public override long Position { get => _count; set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        Remember(buffer);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        Remember(buffer.Span);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    private void Remember(ReadOnlySpan<byte> bytes)
    {
        if (_count < HeadSize)
        {
            var part = bytes[..(int)Math.Min(bytes.Length, HeadSize - _count)];
            part.CopyTo(_head.AsSpan((int)_count));
        }

        var last = bytes.Length > TailSize ? bytes[^TailSize..] : bytes;
        var start = (int)((_count + bytes.Length - last.Length) % TailSize);
        var first = Math.Min(last.Length, TailSize - start);
        last[..first].CopyTo(_ring.AsSpan(start));
        last[first..].CopyTo(_ring);
        _count += bytes.Length;
    }
}
