using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace UpgradeOps.TestKit;

/// <summary>A TCP port that nobody uses, below the range from which the kernel takes ports for outgoing connections.</summary>
public static class FreePort
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(15000, 32000);
            if (Given.TryAdd(port, true) && CanListen(port))
                return port;
        }
    }

    private static bool CanListen(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
