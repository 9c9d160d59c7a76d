using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace UpgradeOps.UpdateCheck;

/// <summary>A way to a server on loopback on which every byte takes half a round trip, and a connection a whole one.</summary>
internal sealed class FarAway : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly string target;
    private readonly TimeSpan roundTrip;

    public FarAway(string target, TimeSpan roundTrip)
    {
        this.target = target;
        this.roundTrip = roundTrip;
        listener.Start();
        _ = AcceptAsync();
    }

    public string Host => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public int Connections { get; private set; }

    public void Dispose() => listener.Stop();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptTcpClientAsync();
                Connections++;
                _ = CarryAsync(near);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var _ = near;
        using var far = new TcpClient { NoDelay = true };
        near.NoDelay = true;
        await Task.Delay(roundTrip);
        await far.ConnectAsync(IPEndPoint.Parse(target));
        await Task.WhenAny(PipeAsync(near.GetStream(), far.GetStream()), PipeAsync(far.GetStream(), near.GetStream()));
    }

    private async Task PipeAsync(NetworkStream from, NetworkStream to)
    {
        var way = Channel.CreateUnbounded<(DateTime Arrives, byte[] Bytes)>();
        var writing = Task.Run(async () =>
        {
            await foreach (var (arrives, bytes) in way.Reader.ReadAllAsync())
            {
                if (arrives - DateTime.UtcNow is var left && left > TimeSpan.Zero)
                    await Task.Delay(left);
                await to.WriteAsync(bytes);
            }
        });
        try
        {
            var buffer = new byte[64 << 10];
            while (await from.ReadAsync(buffer) is var count and > 0)
                way.Writer.TryWrite((DateTime.UtcNow + (roundTrip / 2), buffer[..count]));
        }
        catch (IOException)
        {
        }
        way.Writer.Complete();
        try
        {
            await writing;
        }
        catch (IOException)
        {
        }
    }
}
