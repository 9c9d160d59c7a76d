using System.Buffers.Binary;
using System.Globalization;

namespace UpgradeOps.Engine.Docker;

/// <summary>
/// Takes the engine's frames apart: one byte for the stream (1 output, 2 error), three zeros, four bytes of length (big endian), then
/// that many bytes.
/// </summary>
internal static class DemultiplexedStream
{
    private const int HeaderLength = 8;

    /// <exception cref="EngineStreamCutException">The stream ended inside a frame, broke, or is no such stream.</exception>
    public static async Task CopyAsync(Stream source, Stream output, TailBuffer error, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        var (start, end) = (0, 0);
        var left = 0L;
        var toError = false;
        while (true)
        {
            while (start < end)
            {
                if (left == 0)
                {
                    if (end - start < HeaderLength)
                        break;
                    (toError, left) = ReadHeader(buffer.AsSpan(start, HeaderLength));
                    start += HeaderLength;
                    continue;
                }

                var count = (int)Math.Min(left, end - start);
                if (toError)
                    error.Append(buffer.AsSpan(start, count));
                else
                    await output.WriteAsync(buffer.AsMemory(start, count), cancellationToken).ConfigureAwait(false);
                start += count;
                left -= count;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            var read = await ReadAsync(source, buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
            if (read == 0 && (left > 0 || end > 0))
                throw new EngineStreamCutException(string.Create(CultureInfo.InvariantCulture, $"the stream ended inside a frame, {left} bytes short"));
            if (read == 0)
                return;
            end += read;
        }
    }

    private static (bool ToError, long Length) ReadHeader(ReadOnlySpan<byte> header)
    {
        // 0 is the standard input's echo, which no engine sends; 3 is a failure inside the engine, told as text.
        if (header[0] > 3 || header[1] != 0 || header[2] != 0 || header[3] != 0)
            throw new EngineStreamCutException("the stream carries no frames");
        return (header[0] >= 2, BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
    }

    private static async Task<int> ReadAsync(Stream source, Memory<byte> into, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(into, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException)
        {
            throw new EngineStreamCutException(e.Message, e);
        }
    }
}

/// <summary>A stream from the engine did not end as it should.</summary>
internal sealed class EngineStreamCutException(string message, Exception? inner = null) : Exception(message, inner);
