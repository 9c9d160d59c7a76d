using System.Globalization;
using System.Text;

namespace UpgradeOps.Engine.Docker;

/// <summary>
/// Opens a connection that the engine turns into a raw two-way stream. Written out by hand because <see cref="HttpClient"/> cannot
/// close the sending half of an upgraded connection, and a dump's loader waits for exactly that.
/// </summary>
internal static class HijackedConnection
{
    private const int HeadLimit = 16 * 1024;

    public static async Task<DockerConnection> OpenAsync(DockerEndpoint endpoint, string path, byte[] body, CancellationToken cancellationToken)
    {
        var connection = await endpoint.ConnectAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var head = string.Create(
                CultureInfo.InvariantCulture,
                $"POST {path} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
            await connection.Stream.WriteAsync(Encoding.ASCII.GetBytes(head).Concat(body).ToArray(), cancellationToken).ConfigureAwait(false);
            var (status, length) = await ReadHeadAsync(connection.Stream, cancellationToken).ConfigureAwait(false);
            // 101 is an upgrade; engines before it answered 200 and went raw all the same.
            if (status is 101 or 200)
                return connection;
            var message = await ReadBodyAsync(connection.Stream, length, cancellationToken).ConfigureAwait(false);
            throw new AppException(ErrorIds.EngineFailed, $"Docker Engine: {EngineMessage.Of(status, message)}", path);
        }
        catch (IOException e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new AppException(ErrorIds.EngineUnreachable, $"The connection to the Docker Engine at {endpoint.Address} broke: {e.Message}", endpoint.Address, inner: e);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads byte by byte up to the empty line: the first byte behind it belongs to the stream.</summary>
    private static async Task<(int Status, int Length)> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!EndsHead(head))
        {
            if (head.Length > HeadLimit)
                throw new IOException("the answer's head does not end");
            if (await stream.ReadAsync(one, cancellationToken).ConfigureAwait(false) == 0)
                throw new IOException("the answer ended before its head did");
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n");
        var words = lines[0].Split(' ', 3);
        if (words.Length < 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            throw new IOException($"the answer begins with '{lines[0]}'");
        var length = lines
            .Where(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(l => int.TryParse(l["Content-Length:".Length..], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var n) ? n : 0)
            .FirstOrDefault();
        return (status, length);
    }

    private static bool EndsHead(StringBuilder head) =>
        head.Length >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r';

    private static async Task<string> ReadBodyAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        var body = new byte[Math.Min(length, HeadLimit)];
        var read = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(body, 0, read);
    }
}
