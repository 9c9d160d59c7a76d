using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Stores.Ssh;

/// <summary>Reads a file of a backup from start to end. A connection that is lost is made anew, from the byte where it was.</summary>
internal sealed class SshDownload(SshPlace place, string backupId, BackupFile file) : ReadOnlyStream
{
    /// <summary>Breaks in a row without a single byte between them.</summary>
    private const int MostBreaks = 4;

    private SshReadStream? _source;
    private long _position;
    private int _breaks;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
            return 0;
        while (true)
        {
            try
            {
                _source ??= await SshReadStream.OpenAsync(
                    place.Host, place.Scripts.Read(backupId, file.Path, _position), answer => place.Expect(answer), cancellationToken).ConfigureAwait(false);
                var read = await _source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                (_position, _breaks) = (_position + read, read > 0 ? 0 : _breaks);
                return read;
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.HostConnectionLost && ++_breaks <= MostBreaks)
            {
                await HangUpAsync().ConfigureAwait(false);
            }
            catch (AppException e)
            {
                throw place.Explain(e);
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await HangUpAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            HangUpAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    private async ValueTask HangUpAsync()
    {
        if (_source is { } source)
            await source.DisposeAsync().ConfigureAwait(false);
        _source = null;
    }
}
