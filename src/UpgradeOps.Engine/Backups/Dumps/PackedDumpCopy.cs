using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.Dumps;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>A dump that comes packed from where its tool runs: passed on as it comes, and unpacked beside only to be read along.</summary>
internal static class PackedDumpCopy
{
    /// <param name="output">Gets the packed bytes.</param>
    /// <param name="content">Gets the unpacked ones.</param>
    /// <param name="name">The database's name; null for the live one.</param>
    /// <returns>Bytes before packing.</returns>
    /// <exception cref="AppException">It did not come whole, or its tool failed.</exception>
    public static async Task<long> RunAsync(IDatabase database, string? name, Stream output, Stream content, CancellationToken cancellationToken)
    {
        var plain = new MarkedStream(content);
        var unpacking = ZstdFilter.Unpacking(plain);
        await using (unpacking.ConfigureAwait(false))
        {
            await database.DumpPackedAsync(new DoubledStream(output, unpacking), cancellationToken, name).ConfigureAwait(false);
            try
            {
                await unpacking.FinishAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidDataException e)
            {
                throw new AppException(ErrorIds.BackupFailed, $"The dump of database {name ?? database.Name} did not come whole: {e.Message}", database.Id, inner: e);
            }
        }

        database.ThrowIfCut(plain);
        return plain.Count;
    }
}
