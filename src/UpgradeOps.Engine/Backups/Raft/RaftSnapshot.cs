using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Engine.Backups.Raft;

/// <summary>
/// A snapshot of Vault's or OpenBao's raft storage: an archive in gzip with <c>meta.json</c>, <c>state.bin</c> and their own
/// <c>SHA256SUMS</c>. The state in it is encrypted; whoever restores it needs the keys of its time.
/// </summary>
internal static class RaftSnapshot
{
    private const string Sums = "SHA256SUMS";
    private const int LongestSums = 1 << 16;

    /// <returns>What was seen.</returns>
    /// <exception cref="InvalidDataException">It is no snapshot, cut or damaged.</exception>
    public static async Task<string> CheckAsync(Stream snapshot, CancellationToken cancellationToken)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        var promised = "";
        using var unpacked = new StrictGunzipStream(snapshot);
        await TarWalker.WalkAsync(
            unpacked,
            async (name, entry, token) =>
            {
                if (entry.DataStream is null)
                    return;
                if (name == Sums && entry.Length <= LongestSums)
                    promised = await new StreamReader(entry.DataStream, Encoding.UTF8).ReadToEndAsync(token).ConfigureAwait(false);
                else
                    hashes[name] = Hex.Of(await SHA256.HashDataAsync(entry.DataStream, token).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
        if (!hashes.ContainsKey("meta.json") || !hashes.ContainsKey("state.bin") || promised.Length == 0)
            throw new InvalidDataException("it is no snapshot of raft storage: meta.json, state.bin or SHA256SUMS is missing");
        foreach (var line in promised.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (hash, name) = (line.Split(' ')[0], line[(line.LastIndexOf(' ') + 1)..]);
            if (hashes.GetValueOrDefault(name) != hash)
                throw new InvalidDataException($"its {name} does not match its own SHA256SUMS");
        }

        return "raft snapshot, every part as its own SHA256SUMS says";
    }
}
