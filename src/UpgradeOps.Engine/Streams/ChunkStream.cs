using System.Threading.Channels;

namespace UpgradeOps.Engine.Streams;

/// <summary>Pieces that somebody else puts in, as a stream to read from; it ends when no more come.</summary>
internal sealed class ChunkStream(ChannelReader<byte[]> reader) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _piece;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_piece.IsEmpty)
        {
            if (!await reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                return 0;
            if (reader.TryRead(out var piece))
                _piece = piece;
        }

        var count = Math.Min(buffer.Length, _piece.Length);
        _piece[..count].CopyTo(buffer);
        _piece = _piece[count..];
        return count;
    }
}
