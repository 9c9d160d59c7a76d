using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Streams;

/// <summary>
/// Sends what is written through the <c>zstd</c> tool into another stream, packed or unpacked.
/// The result is whole only after <see cref="FinishAsync"/>; disposing without it breaks the work off.
/// </summary>
internal sealed class ZstdFilter : WriteOnlyStream
{
    private readonly ZstdProcess _zstd;
    private readonly CancellationTokenSource _broken = new();
    private readonly Task _passing;
    private bool _finished;
    private bool _disposed;

    private ZstdFilter(ZstdProcess zstd, Stream output)
    {
        _zstd = zstd;
        _passing = Task.Run(() => PassAsync(output));
    }

    /// <summary>Bytes that were given to it.</summary>
    public long BytesIn { get; private set; }

    /// <param name="output">Written to in order, by one writer at a time; not disposed.</param>
    public static ZstdFilter Packing(Stream output) => new(ZstdProcess.Pack(), output);

    /// <inheritdoc cref="Packing"/>
    public static ZstdFilter Unpacking(Stream output) => new(ZstdProcess.Unpack(), output);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        BytesIn += buffer.Length;
        try
        {
            await _zstd.Input.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            await ThrowReasonAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the input and waits until everything was given to the output.</summary>
    /// <exception cref="InvalidDataException">What was to be unpacked is damaged or cut.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        _finished = true;
        try
        {
            await _zstd.Input.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It has ended; why is told next.
        }

        await ThrowReasonAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!_finished || !_passing.IsCompletedSuccessfully)
            await _broken.CancelAsync().ConfigureAwait(false);
        _zstd.Dispose();
        await _passing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _broken.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private async Task ThrowReasonAsync(CancellationToken cancellationToken)
    {
        await _passing.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (await _zstd.EndAsync(cancellationToken).ConfigureAwait(false) is { } problem)
            throw new InvalidDataException(problem);
    }

    private async Task PassAsync(Stream output)
    {
        try
        {
            var buffer = new byte[1 << 17];
            int read;
            while ((read = await _zstd.Output.ReadAsync(buffer, _broken.Token).ConfigureAwait(false)) > 0)
                await output.WriteAsync(buffer.AsMemory(0, read), _broken.Token).ConfigureAwait(false);
        }
        catch
        {
            // Whoever writes must not wait for a tool that nobody reads from.
            _zstd.Dispose();
            throw;
        }
    }
}
