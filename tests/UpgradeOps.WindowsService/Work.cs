using System.Net;
using System.Net.Sockets;
using System.Text;

namespace UpgradeOps.WindowsService;

/// <summary>Answers each connection with which version this is.</summary>
internal sealed class Work(string version, string behaviour, int port, ServiceLog log)
{
    private readonly TcpListener listener = new(IPAddress.Loopback, port);

    /// <summary>The exit code to end with by itself; null to serve until it is told to stop.</summary>
    public uint? EndsWith => behaviour == "ends" ? 3 : null;

    public bool Stops => behaviour != "stubborn";

    public void Start()
    {
        if (behaviour == "slow")
            Thread.Sleep(1000);
        if (behaviour == "dies")
        {
            log.Write("the ledger is gone");
            new Thread(static () => { Thread.Sleep(4000); Environment.Exit(9); }) { IsBackground = true }.Start();
            return;
        }

        listener.Start();
        log.Write($"{version} serves");
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public void End() => log.Write($"{version} ends");

    private void Serve()
    {
        while (true)
        {
            try
            {
                using var client = listener.AcceptTcpClient();
                Answer(client.GetStream());
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Who asked went away.
            }
        }
    }

    private void Answer(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        while (reader.ReadLine() is { Length: > 0 })
        {
            // The request's lines.
        }

        var body = $"{{\"version\":\"{version}\",\"process\":{Environment.ProcessId}}}";
        var status = behaviour == "bad" ? "503 Service Unavailable" : "200 OK";
        stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    }
}
