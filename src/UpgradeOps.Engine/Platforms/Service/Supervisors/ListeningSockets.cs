using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors;

/// <summary>On which addresses a process itself accepts connections: who answers there is this process, or a child that it gave the socket to.</summary>
internal sealed class ListeningSockets(IHostFiles files)
{
    private const string Listening = "0A";

    /// <returns><c>address:port</c>, sorted; empty when we may not look into that process.</returns>
    public async Task<IReadOnlyList<string>> OfAsync(int processId, CancellationToken cancellationToken)
    {
        try
        {
            var sockets = (await files.ListAsync($"/proc/{processId}/fd", cancellationToken).ConfigureAwait(false))
                .Select(f => f.LinkTarget)
                .Where(t => t is not null && t.StartsWith("socket:[", StringComparison.Ordinal))
                .Select(t => t!["socket:[".Length..^1])
                .ToHashSet(StringComparer.Ordinal);
            var found = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var table in new[] { "tcp", "tcp6" })
            {
                var bytes = sockets.Count == 0 ? null : await files.ReadAsync($"/proc/{processId}/net/{table}", cancellationToken).ConfigureAwait(false);
                found.UnionWith(Parse(Encoding.ASCII.GetString(bytes ?? []), sockets));
            }

            return [.. found];
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostFileFailed)
        {
            return [];
        }
    }

    /// <param name="table">The text of <c>/proc/net/tcp</c> or <c>tcp6</c>.</param>
    /// <param name="sockets">Inode numbers of the sockets that count.</param>
    public static IEnumerable<string> Parse(string table, IReadOnlySet<string> sockets)
    {
        foreach (var line in table.Split('\n').Skip(1))
        {
            // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == Listening && sockets.Contains(fields[9]))
                yield return Endpoint(fields[1]);
        }
    }

    /// <returns>The ports of this machine that any socket of a table has, whatever it does with them.</returns>
    public static IEnumerable<int> Ports(string table) => table.Split('\n').Skip(1)
        .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(f => f.Length > 1)
        .Select(f => int.Parse(f[1][(f[1].IndexOf(':', StringComparison.Ordinal) + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static string Endpoint(string hexadecimal)
    {
        var colon = hexadecimal.IndexOf(':', StringComparison.Ordinal);
        var address = Convert.FromHexString(hexadecimal[..colon]);
        // The kernel prints each 32-bit word as this machine's integer.
        if (BitConverter.IsLittleEndian)
        {
            foreach (var start in Enumerable.Range(0, address.Length / 4).Select(i => i * 4))
                BinaryPrimitives.WriteUInt32BigEndian(address.AsSpan(start), BinaryPrimitives.ReadUInt32LittleEndian(address.AsSpan(start)));
        }

        var port = int.Parse(hexadecimal[(colon + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new IPEndPoint(new IPAddress(address), port).ToString();
    }
}
