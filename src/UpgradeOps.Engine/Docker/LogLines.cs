using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace UpgradeOps.Engine.Docker;

/// <summary>Reads a container's log stream line by line. A line may be spread over several frames.</summary>
internal static class LogLines
{
    private const int LineLimit = 1024 * 1024;

    /// <param name="raw">True for a container with a terminal, whose log has no frames.</param>
    public static async IAsyncEnumerable<ContainerLogLine> ReadAsync(Stream stream, bool raw, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parts = new[] { new MemoryStream(), new MemoryStream() };
        var header = new byte[8];
        var buffer = new byte[32 * 1024];
        while (true)
        {
            long left = buffer.Length;
            var channel = 0;
            if (!raw)
            {
                if (await ReadWholeAsync(stream, header, cancellationToken).ConfigureAwait(false) < header.Length)
                    break;
                channel = header[0] == 2 ? 1 : 0;
                left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            }

            var ended = false;
            while (left > 0 && !ended)
            {
                var read = await ReadSomeAsync(stream, buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken).ConfigureAwait(false);
                ended = read == 0;
                left = raw ? 0 : left - read;
                foreach (var line in Split(parts[channel], buffer.AsMemory(0, read), channel == 1))
                    yield return line;
            }

            if (ended)
                break;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length > 0)
                yield return Parse(Take(parts[i]), i == 1);
        }
    }

    private static IEnumerable<ContainerLogLine> Split(MemoryStream part, ReadOnlyMemory<byte> bytes, bool isError)
    {
        while (bytes.Length > 0)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            part.Write(bytes.Span[..(end < 0 ? bytes.Length : end)]);
            if (end >= 0 || part.Length > LineLimit)
                yield return Parse(Take(part), isError);
            if (end < 0)
                yield break;
            bytes = bytes[(end + 1)..];
        }
    }

    private static string Take(MemoryStream part)
    {
        var text = Encoding.UTF8.GetString(part.GetBuffer(), 0, (int)part.Length);
        part.SetLength(0);
        return text;
    }

    private static ContainerLogLine Parse(string line, bool isError)
    {
        line = line.TrimEnd('\r');
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var stamp = space < 0 ? line : line[..space];
        return stamp.Length >= 20 && DateTimeOffset.TryParse(stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? new ContainerLogLine(isError, at, space < 0 ? "" : line[(space + 1)..])
            : new ContainerLogLine(isError, null, line);
    }

    private static async Task<int> ReadWholeAsync(Stream stream, Memory<byte> into, CancellationToken cancellationToken)
    {
        var read = 0;
        int count;
        while (read < into.Length && (count = await ReadSomeAsync(stream, into[read..], cancellationToken).ConfigureAwait(false)) > 0)
            read += count;
        return read;
    }

    /// <summary>A log that breaks off ends: what was read stays true.</summary>
    private static async Task<int> ReadSomeAsync(Stream stream, Memory<byte> into, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(into, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return 0;
        }
    }
}
