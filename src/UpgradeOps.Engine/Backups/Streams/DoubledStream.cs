using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Streams;

/// <summary>Writes everything to two streams at the same time.</summary>
internal sealed class DoubledStream(Stream first, Stream second) : WriteOnlyStream
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = first.WriteAsync(buffer, cancellationToken).AsTask();
        try
        {
            await second.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The buffer is the caller's again after this.
            await writing.ConfigureAwait(false);
        }
    }
}
