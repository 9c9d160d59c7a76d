using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Archives;

/// <summary>Reads what <c>zstd</c> packed, and throws <see cref="InvalidDataException"/> when it is cut, damaged or followed by something else.</summary>
internal sealed class UnzstdStream : ReadOnlyStream
{
    private readonly ZstdProcess _zstd = ZstdProcess.Unpack();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _feeding;
    private bool _ended;
    private bool _disposed;

    /// <param name="input">Read to its end; not disposed.</param>
    public UnzstdStream(Stream input) => _feeding = Task.Run(() => FeedAsync(input));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.IsEmpty)
            return 0;
        var read = await _zstd.Output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read > 0)
            return read;
        await _feeding.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (await _zstd.EndAsync(cancellationToken).ConfigureAwait(false) is { } problem)
            throw new InvalidDataException($"It cannot be unpacked: {problem.TrimEnd('.')}.");
        _ended = true;
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing || _disposed)
            return;
        _disposed = true;
        _stop.Cancel();
        _zstd.Dispose();
        _feeding.ContinueWith(static t => t.Exception, TaskScheduler.Default).GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private async Task FeedAsync(Stream input)
    {
        try
        {
            var buffer = new byte[1 << 17];
            int read;
            while ((read = await input.ReadAsync(buffer, _stop.Token).ConfigureAwait(false)) > 0)
            {
                if (!await TryWriteAsync(buffer.AsMemory(0, read)).ConfigureAwait(false))
                    return;
            }
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <returns>False when the tool reads no more: it has ended, and says why.</returns>
    private async Task<bool> TryWriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _zstd.Input.WriteAsync(bytes, _stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task CloseAsync()
    {
        try
        {
            await _zstd.Input.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
        }
    }
}
