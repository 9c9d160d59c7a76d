using System.Net;
using System.Net.Sockets;

namespace UpgradeOps.Cli.Tests;

/// <summary>Answers 200 to everybody while it is well, so that a shell script can have a health page.</summary>
internal sealed class HealthyPage : IDisposable
{
    private static readonly byte[] Unwell = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray();

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public HealthyPage()
    {
        listener.Start();
        _ = ServeAsync();
    }

    public bool IsWell { get; set; } = true;

    public string Url => $"http://{listener.LocalEndpoint}/";

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await listener.AcceptTcpClientAsync());
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
                _ = await client.GetStream().ReadAsync(new byte[4096]);
                await client.GetStream().WriteAsync(IsWell ? Answer : Unwell);
            }
            catch (IOException)
            {
                // The caller is gone.
            }
        }
    }
}
