using System.Text;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>Reads a stream of any bytes up to a mark, and the rest of the line that the mark begins.</summary>
internal sealed class MarkReader(Stream source)
{
    private const int LongestLine = 256;

    private readonly byte[] _buffer = new byte[128 * 1024];
    private int _start;
    private int _end;

    /// <returns>How many bytes were read; 0 at the mark, or where the stream ends without one (<see cref="ReadLineAsync"/> tells).</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> target, byte[] mark, CancellationToken cancellationToken)
    {
        while (true)
        {
            var waiting = _buffer.AsSpan(_start, _end - _start);
            var at = waiting.IndexOf(mark);
            if (at == 0)
                return 0;
            var count = Math.Min(at > 0 ? at : waiting.Length - BeginningOf(mark, waiting), target.Length);
            if (count > 0)
            {
                waiting[..count].CopyTo(target.Span);
                _start += count;
                return count;
            }

            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                return 0;
        }
    }

    /// <summary>At the mark: takes it and what follows it on its line.</summary>
    /// <returns>Null when the stream has ended without the mark.</returns>
    public async Task<string?> ReadLineAsync(byte[] mark, CancellationToken cancellationToken)
    {
        while (true)
        {
            var waiting = _buffer.AsSpan(_start, _end - _start);
            if (waiting.Length >= mark.Length && !waiting.StartsWith(mark))
                return null;
            if (waiting.IndexOf((byte)'\n') is var length and >= 0)
            {
                _start += length + 1;
                return Encoding.ASCII.GetString(waiting[mark.Length..length]).Trim();
            }

            if (waiting.Length > LongestLine || !await FillAsync(cancellationToken).ConfigureAwait(false))
                return null;
        }
    }

    public async Task CopyToAsync(Stream target, byte[] mark, CancellationToken cancellationToken)
    {
        var piece = new byte[64 * 1024];
        int count;
        while ((count = await ReadAsync(piece, mark, cancellationToken).ConfigureAwait(false)) > 0)
            await target.WriteAsync(piece.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var count = await source.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += count;
        return count > 0;
    }

    /// <summary>How many bytes at the end may be the beginning of the mark.</summary>
    private static int BeginningOf(byte[] mark, ReadOnlySpan<byte> bytes)
    {
        for (var length = Math.Min(mark.Length - 1, bytes.Length); length > 0; length--)
        {
            if (bytes[^length..].SequenceEqual(mark.AsSpan(0, length)))
                return length;
        }

        return 0;
    }
}
