using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>Passes on what is written, tells how much it was, and shows it to a reader of dumps.</summary>
internal sealed class WatchedStream(Stream output, Action<long> progress, IDumpReader? reader = null) : WriteOnlyStream
{
    private const int Step = 4 << 20;

    private long _untold;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = output.WriteAsync(buffer, cancellationToken);
        reader?.Feed(buffer.Span);
        await writing.ConfigureAwait(false);
        _untold += buffer.Length;
        if (_untold < Step)
            return;
        progress(_untold);
        _untold = 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _untold > 0)
            progress(_untold);
        _untold = 0;
    }
}
