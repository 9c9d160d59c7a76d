using System.Net;
using System.Net.Sockets;

namespace UpgradeOps.Integration.State;

/// <summary>
/// Stands between a runner and its server, and cuts the connection when told to: at the n-th message of the runner, either before the
/// server gets it or after, so that the server acts and its answer is lost. Connections that come later pass.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private readonly Task _accepting;
    private int _countdown = -1;
    private bool _deliver;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether the cut that was asked for has happened.</summary>
    public bool HasCut => Volatile.Read(ref _countdown) == -1;

    /// <param name="message">Which of the runner's messages from now on; the first is 1.</param>
    /// <param name="deliver">Whether the server still gets it.</param>
    public void Cut(int message, bool deliver)
    {
        _deliver = deliver;
        Volatile.Write(ref _countdown, message);
    }

    public void Pass() => Volatile.Write(ref _countdown, -1);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient runner)
    {
        using var server = new TcpClient();
        using (runner)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
                runner.NoDelay = server.NoDelay = true;
                var silent = new CancellationTokenSource();
                var answers = PumpAsync(server.GetStream(), runner.GetStream(), silent.Token);
                var buffer = new byte[1 << 16];
                int read;
                while ((read = await runner.GetStream().ReadAsync(buffer, _end.Token)) > 0)
                {
                    if (Volatile.Read(ref _countdown) > 0 && Interlocked.Decrement(ref _countdown) == 0)
                    {
                        await silent.CancelAsync();
                        if (_deliver)
                        {
                            // Whatever the server answers now is lost; that it answers at all shows that it has done its work.
                            await server.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
                            await server.GetStream().ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false, _end.Token);
                        }

                        Volatile.Write(ref _countdown, -1);
                        return;
                    }

                    await server.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
                }

                server.Client.Shutdown(SocketShutdown.Send);
                await answers;
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side went away.
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, CancellationToken silent)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silent, _end.Token);
        try
        {
            await from.CopyToAsync(to, either.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end of it is seen by the other direction.
        }
    }
}
