using System.Net;
using System.Net.Sockets;

namespace UpgradeOps.Integration.Hosts;

/// <summary>A page on the SSH host that is always well. Instead of the next answers it breaks every connection to the host, its own among them.</summary>
internal sealed class CuttingPage : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SshServer _server;
    private int _cuts;
    private bool _halfway;

    public CuttingPage(SshServer server)
    {
        _server = server;
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}/";

    /// <summary>How often it has cut.</summary>
    public int Made { get; private set; }

    /// <param name="cuts">How many of the next requests.</param>
    /// <param name="halfway">In the middle of the answer.</param>
    public void Arm(int cuts, bool halfway)
    {
        _halfway = halfway;
        Volatile.Write(ref _cuts, cuts);
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[4096]);
                if (Interlocked.Decrement(ref _cuts) < 0)
                {
                    await stream.WriteAsync(Answer);
                    return;
                }

                if (_halfway)
                {
                    await stream.WriteAsync(Answer.AsMemory(0, Answer.Length - 1));
                    // Until what was sent so far has gone through the tunnel.
                    await Task.Delay(200);
                }

                await _server.CutAsync();
                Made++;
            }
            catch (IOException)
            {
                // The caller is gone.
            }
        }
    }
}
