using System.IO.Compression;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Archives;

/// <summary>Unpacks gzip of any tool, one member after the other, and throws <see cref="InvalidDataException"/> when it is cut, damaged or followed by something else.</summary>
/// <param name="input">Read to its end; not disposed.</param>
internal sealed class StrictGunzipStream(Stream input) : ReadOnlyStream
{
    private readonly GZipStream _gzip = new(new FollowedStream(input, GzipSentinel.Member), CompressionMode.Decompress);
    private readonly byte[] _buffer = new byte[1 << 17];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>What may be given away: the last bytes are held back, because at the end they must be the sentinel's.</summary>
    private int Available => _end - _start - GzipSentinel.Content.Length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && Available <= 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = await _gzip.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += read;
            if (read > 0)
                continue;
            _ended = true;
            if (!_buffer.AsSpan(_start.._end).SequenceEqual(GzipSentinel.Content))
                throw new InvalidDataException("The compressed data is cut off, or something else follows it.");
        }

        if (_ended)
            return 0;
        var given = Math.Min(buffer.Length, Available);
        _buffer.AsMemory(_start, given).CopyTo(buffer);
        _start += given;
        return given;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip.Dispose();
    }
}
