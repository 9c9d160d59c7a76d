using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace UpgradeOps.Engine.Tests.Releases.Doubles;

/// <summary>A request as it came over the socket.</summary>
internal sealed record FakeRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Path => Target.Split('?')[0];

    public string Query => Target.Contains('?') ? Target[(Target.IndexOf('?') + 1)..] : "";

    public string? Authorization => Headers.GetValueOrDefault("Authorization");
}

/// <summary>What goes back, well or badly.</summary>
internal sealed record FakeReply(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    public FakeReply(int status, string body = "", params (string, string)[] headers)
        : this(status, Encoding.UTF8.GetBytes(body), headers)
    {
    }

    /// <summary>Ends the connection after this many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Never answers.</summary>
    public bool Hang { get; init; }
}

/// <summary>An HTTP/1.1 server on a loopback socket, with full control over how it fails.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<FakeRequest, FakeReply> _handler;
    private readonly Task _accepting;

    public FakeServer(Func<FakeRequest, FakeReply> handler)
    {
        _handler = handler;
        _listener.Start();
        Host = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _accepting = AcceptAsync();
    }

    /// <summary>Address and port.</summary>
    public string Host { get; }

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
        }
        await Task.WhenAll(clients);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        client.NoDelay = true;
        await using var stream = new BufferedStream(client.GetStream());
        try
        {
            while (await ReadAsync(stream) is { } request)
            {
                Requests.Enqueue(request);
                if (!await WriteAsync(stream, request, _handler(request)))
                    return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
        }
    }

    private async Task<FakeRequest?> ReadAsync(Stream stream)
    {
        var lines = new List<string>();
        for (var line = new StringBuilder(); lines.Count == 0 || lines[^1].Length > 0;)
        {
            var one = new byte[1];
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return null;
            if (one[0] != '\n')
            {
                line.Append((char)one[0]);
                continue;
            }
            lines.Add(line.ToString().TrimEnd('\r'));
            line.Clear();
        }
        lines.RemoveAt(lines.Count - 1);

        var start = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(l => l.Split(':', 2)).ToDictionary(p => p[0], p => p[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return new FakeRequest(start[0], start[1], headers, Encoding.UTF8.GetString(body));
    }

    private async Task<bool> WriteAsync(Stream stream, FakeRequest request, FakeReply reply)
    {
        if (reply.Hang)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);

        var head = new StringBuilder($"HTTP/1.1 {reply.Status} Status\r\nContent-Length: {reply.Body.Length}\r\n");
        foreach (var (name, value) in reply.Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
        if (request.Method != "HEAD")
            await stream.WriteAsync(reply.Body.AsMemory(0, reply.CutAfter ?? reply.Body.Length), _stop.Token);
        await stream.FlushAsync(_stop.Token);
        return reply.CutAfter is null;
    }
}
