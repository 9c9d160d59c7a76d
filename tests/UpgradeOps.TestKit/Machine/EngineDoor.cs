using System.Net.Sockets;
using System.Text;

namespace UpgradeOps.TestKit;

/// <summary>
/// Stands between clients and an engine's socket, so that something can happen in the middle of a chosen request: either before the engine
/// gets it, or after it has done it and before the client hears so.
/// </summary>
public sealed class EngineDoor : IAsyncDisposable
{
    private readonly TempFolder folder = new("door-");
    private readonly CancellationTokenSource end = new();
    private readonly string engine;
    private readonly List<Task> serving = [];
    private Socket? listener;
    private Interruption? armed;

    /// <param name="engine">As in <c>DOCKER_HOST</c>: a socket in the file system.</param>
    public EngineDoor(string engine)
    {
        this.engine = engine["unix://".Length..];
        Open();
    }

    /// <summary>For <c>DOCKER_HOST</c>.</summary>
    public string Address => $"unix://{Path}";

    private string Path => folder["docker.sock"];

    /// <summary>At the next request that begins so, once. Nobody can connect while it acts, as with an engine that is not there; then the client's connection breaks.</summary>
    /// <param name="request">What is in the request's first line.</param>
    /// <param name="done">Whether the engine still gets it, and its answer is what is lost.</param>
    /// <returns>Whether it has happened.</returns>
    public Func<bool> At(string request, bool done, Func<Task> act)
    {
        var interruption = new Interruption(request, done, act);
        armed = interruption;
        return () => interruption.Happened;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        Close();
        await Task.WhenAll(serving);
        end.Dispose();
        folder.Dispose();
    }

    private void Open()
    {
        var opened = listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        opened.Bind(new UnixDomainSocketEndPoint(Path));
        opened.Listen();
        serving.Add(AcceptAsync(opened));
    }

    private void Close()
    {
        listener?.Dispose();
        File.Delete(Path);
    }

    private async Task AcceptAsync(Socket opened)
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(ServeAsync(await opened.AcceptAsync(end.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (accepted)
        {
            try
            {
                await server.ConnectAsync(new UnixDomainSocketEndPoint(engine), stop.Token);
                var answers = PumpAsync(server, accepted, stop.Token);
                var buffer = new byte[1 << 16];
                int read;
                while ((read = await accepted.ReceiveAsync(buffer, stop.Token)) > 0)
                {
                    if (Take(buffer.AsSpan(0, read)) is { } interruption)
                    {
                        await stop.CancelAsync();
                        await answers;
                        await InterruptAsync(interruption, buffer.AsMemory(0, read), accepted, server);
                        return;
                    }

                    await SendAsync(server, buffer.AsMemory(0, read), stop.Token);
                }

                server.Shutdown(SocketShutdown.Send);
                await answers;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side went away.
            }
        }
    }

    private Interruption? Take(ReadOnlySpan<byte> sent)
    {
        var wanted = armed;
        if (wanted is null)
            return null;
        var line = Encoding.ASCII.GetString(sent[..Math.Min(sent.Length, 512)]).Split('\r')[0];
        return line.Contains(wanted.Request, StringComparison.Ordinal) && Interlocked.CompareExchange(ref armed, null, wanted) == wanted ? wanted : null;
    }

    private async Task InterruptAsync(Interruption interruption, ReadOnlyMemory<byte> request, Socket client, Socket server)
    {
        if (interruption.Done)
        {
            await SendAsync(server, request, end.Token);
            using var answered = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            // The request's body may come after what was read of it.
            var rest = PumpAsync(client, server, answered.Token);
            // That it answers at all shows that it has done its work.
            await server.ReceiveAsync(new byte[1], end.Token);
            await answered.CancelAsync();
            await rest;
        }

        Close();
        await interruption.Act();
        Open();
        interruption.Happened = true;
    }

    /// <summary>Sends on what one side says, to its end.</summary>
    private static async Task PumpAsync(Socket from, Socket to, CancellationToken stop)
    {
        try
        {
            var buffer = new byte[1 << 16];
            int read;
            while ((read = await from.ReceiveAsync(buffer, stop)) > 0)
                await SendAsync(to, buffer.AsMemory(0, read), stop);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end of it is seen by the other direction.
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (bytes.Length > 0)
            bytes = bytes[await to.SendAsync(bytes, stop)..];
    }

    private sealed class Interruption(string request, bool done, Func<Task> act)
    {
        public string Request => request;

        public bool Done => done;

        public Func<Task> Act => act;

        public bool Happened { get; set; }
    }
}
