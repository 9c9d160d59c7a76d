using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>Says of a failed write that it was the store's: the source's own failures pass through the same code.</summary>
internal sealed class StoreStream(HashingStream output, string folder, string source) : WriteOnlyStream
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw StoreFaults.Of(e, folder, source, output.Count);
        }
    }
}
