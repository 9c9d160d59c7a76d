using System.Globalization;
using System.Text;

namespace UpgradeOps.TestCmdlets.Recording;

/// <summary>One client's connection: heads are read, everything else is passed on as it comes.</summary>
internal sealed class RecordedConnection(Stream client, Func<Uri?, Task<System.Net.Sockets.NetworkStream>> connect, Action<RecordedRequest> record, bool isProxy) : IDisposable
{
    private readonly List<byte> read = [];
    private Stream? server;
    private Task answers = Task.CompletedTask;

    public async Task RunAsync()
    {
        while (await ReadHeadAsync() is { } head)
        {
            var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            var words = lines[0].Split(' ');
            var request = new RecordedRequest(words[0], words[1]);
            record(request);
            if (isProxy)
            {
                // A connection for each request: the next one may be for another server.
                var target = new Uri(words[1]);
                lines[0] = $"{words[0]} {target.PathAndQuery} {words[2]}";
                lines = [lines[0], "Connection: close", .. lines.Skip(1).Where(l => !l.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase))];
                await OpenAsync(target);
            }
            else if (server is null)
            {
                await OpenAsync(null);
            }

            await server!.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"));
            await PassBodyAsync(request, lines);
            if (isProxy)
            {
                await answers;
                return;
            }
        }
    }

    public void Dispose() => server?.Dispose();

    private async Task OpenAsync(Uri? target)
    {
        server = await connect(target);
        answers = server.CopyToAsync(client);
    }

    private async Task PassBodyAsync(RecordedRequest request, string[] lines)
    {
        if (Header(lines, "Upgrade") is not null)
        {
            // From here on it is no HTTP any more, such as the standard input of a command in a container.
            while (await TakeAsync(int.MaxValue) is { Length: > 0 } bytes)
                await PassAsync(request, bytes);
        }
        else if (Header(lines, "Content-Length") is { } length)
        {
            var left = long.Parse(length, CultureInfo.InvariantCulture);
            while (left > 0 && await TakeAsync((int)Math.Min(left, int.MaxValue)) is { Length: > 0 } bytes)
            {
                left -= bytes.Length;
                await PassAsync(request, bytes);
            }
        }
        else if (Header(lines, "Transfer-Encoding") is not null)
        {
            var tail = "";
            while (!tail.EndsWith("0\r\n\r\n", StringComparison.Ordinal) && await TakeAsync(int.MaxValue) is { Length: > 0 } bytes)
            {
                var text = tail + Encoding.Latin1.GetString(bytes);
                tail = text[Math.Max(0, text.Length - 5)..];
                await PassAsync(request, bytes);
            }
        }
    }

    private async Task PassAsync(RecordedRequest request, byte[] bytes)
    {
        request.Add(bytes);
        await server!.WriteAsync(bytes);
    }

    private async Task<string?> ReadHeadAsync()
    {
        while (true)
        {
            var text = Encoding.Latin1.GetString([.. read]);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                read.RemoveRange(0, end + 4);
                return text[..end];
            }

            if (!await FillAsync())
                return null;
        }
    }

    private async Task<byte[]> TakeAsync(int most)
    {
        if (read.Count == 0 && !await FillAsync())
            return [];
        var bytes = read.Take(most).ToArray();
        read.RemoveRange(0, bytes.Length);
        return bytes;
    }

    private async Task<bool> FillAsync()
    {
        var buffer = new byte[1 << 14];
        var count = await client.ReadAsync(buffer);
        read.AddRange(buffer.AsSpan(0, count));
        return count > 0;
    }

    private static string? Header(string[] lines, string name) =>
        lines.Skip(1).FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
