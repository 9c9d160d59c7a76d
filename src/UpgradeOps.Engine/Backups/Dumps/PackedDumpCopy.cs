using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Databases.Dumps;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>A dump that comes packed from where its tool runs: passed on as it comes, and unpacked beside only to be read along.</summary>
internal static class PackedDumpCopy
{
    /// <param name="dump">Writes the packed dump.</param>
    /// <param name="name">Of what is dumped.</param>
    /// <param name="output">Gets the packed bytes.</param>
    /// <param name="content">Gets the unpacked ones.</param>
    /// <returns>What it was before packing.</returns>
    /// <exception cref="AppException">It did not come whole, or its tool failed.</exception>
    public static async Task<MarkedStream> RunAsync(
        Func<Stream, CancellationToken, Task> dump, string name, Stream output, Stream content, CancellationToken cancellationToken)
    {
        var plain = new MarkedStream(content);
        var unpacking = ZstdFilter.Unpacking(plain);
        await using (unpacking.ConfigureAwait(false))
        {
            await dump(new DoubledStream(output, unpacking), cancellationToken).ConfigureAwait(false);
            try
            {
                await unpacking.FinishAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidDataException e)
            {
                throw new AppException(ErrorIds.BackupFailed, $"The dump of database {name} did not come whole: {e.Message}", name, inner: e);
            }
        }

        return plain;
    }
}
