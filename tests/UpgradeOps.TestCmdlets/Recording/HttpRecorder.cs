using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace UpgradeOps.TestCmdlets.Recording;

/// <summary>
/// Stands before a server, passes everything on and writes down each request. Before a unix socket it is that socket's double; on a TCP port it is
/// an HTTP proxy, for <c>http_proxy</c>.
/// </summary>
public sealed class HttpRecorder : IDisposable
{
    private readonly Socket listener;
    private readonly string? upstream;

    private HttpRecorder(Socket listener, string? upstream)
    {
        (this.listener, this.upstream) = (listener, upstream);
        _ = AcceptAsync();
    }

    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public static HttpRecorder BeforeSocket(string path, string upstream)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return new HttpRecorder(listener, upstream);
    }

    public static HttpRecorder AsProxy()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return new HttpRecorder(listener, null);
    }

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        using var client = new NetworkStream(accepted, ownsSocket: true);
        try
        {
            using var connection = new RecordedConnection(client, ConnectAsync, Requests.Enqueue, isProxy: upstream is null);
            await connection.RunAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // One side hung up.
        }
    }

    private async Task<NetworkStream> ConnectAsync(Uri? target)
    {
        if (upstream is null)
        {
            var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await tcp.ConnectAsync(target!.Host, target.Port);
            return new NetworkStream(tcp, ownsSocket: true);
        }

        var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await unix.ConnectAsync(new UnixDomainSocketEndPoint(upstream));
        return new NetworkStream(unix, ownsSocket: true);
    }
}
