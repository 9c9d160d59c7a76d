using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Platforms.Service.Supervisors;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>The port of 127.0.0.1 of its host at which a copy is asked.</summary>
internal static class ScratchPort
{
    private const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
    private const string Table = "/proc/net/tcp";

    /// <returns>One that nobody has now; should somebody take it before the copy does, the copy fails, and says so.</returns>
    public static Task<int> FindAsync(IHost host, CancellationToken cancellationToken) =>
        host.Address == LocalHost.Name ? Task.FromResult(Here()) : ThereAsync(host, cancellationToken);

    private static int Here()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<int> ThereAsync(IHost host, CancellationToken cancellationToken) => Choose(
        host.Address,
        await ReadAsync(host, Range, cancellationToken).ConfigureAwait(false),
        await ReadAsync(host, Table, cancellationToken).ConfigureAwait(false),
        await ReadAsync(host, $"{Table}6", cancellationToken).ConfigureAwait(false));

    /// <summary>Nothing can be left listening over there to hold one: any of those that its kernel itself would choose from, but for what is in use.</summary>
    /// <param name="range">The first and the last that the kernel chooses from.</param>
    /// <param name="table">The text of <c>/proc/net/tcp</c>.</param>
    /// <param name="table6">The same of IPv6; null where there is none.</param>
    internal static int Choose(string address, string? range, string? table, string? table6)
    {
        var ends = (range ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(e => int.TryParse(e, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0).ToList();
        if (ends is not [> 0, > 0] || ends[1] < ends[0] || table is null)
            throw new AppException(ErrorIds.HostFileFailed, $"Which ports of {address} are free cannot be seen in {Range} and {Table}: a copy over there needs one, and Linux.", Range);
        var used = ListeningSockets.Ports(table).Concat(ListeningSockets.Ports(table6 ?? "")).ToHashSet();
        List<int> free = [.. Enumerable.Range(ends[0], ends[1] - ends[0] + 1).Where(p => !used.Contains(p))];
        return free.Count > 0
            ? free[RandomNumberGenerator.GetInt32(free.Count)]
            : throw new AppException(ErrorIds.HostFileFailed, $"All ports of {address} from {ends[0]} to {ends[1]} are in use: a copy needs one.", Range);
    }

    private static async Task<string?> ReadAsync(IHost host, string path, CancellationToken cancellationToken) =>
        await host.Files.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } bytes ? Encoding.ASCII.GetString(bytes) : null;
}
