namespace UpgradeOps.Engine.Streams;

/// <summary>Reads at most so many bytes, and throws <see cref="InvalidDataException"/> at the first one more: what was packed cannot have been larger.</summary>
/// <param name="owned">Disposed with it, after <paramref name="input"/>.</param>
internal sealed class BoundedStream(Stream input, Stream owned, long limit) : ReadOnlyStream
{
    private long _read;

    /// <summary>Bytes that were read.</summary>
    public long Count => _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _read += count;
        return _read <= limit ? count : throw new InvalidDataException($"It unpacks to more than the {limit} bytes that were packed.");
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        input.Dispose();
        owned.Dispose();
    }
}
