namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>
/// A file, or an archive's entry, with the length that it had when it was opened: an archive tells the length first. What is added while it is read is left out, what is
/// taken away is filled up with zeros; both are told by <see cref="Changed"/>.
/// </summary>
internal sealed class SteadyStream(Stream file, long length) : Stream
{
    private long _position;
    private bool _short;

    /// <summary>To be asked after it was read.</summary>
    public bool Changed => _short || file.Length != length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = buffer[..(int)Math.Min(buffer.Length, length - _position)];
        var read = _short || wanted.IsEmpty ? 0 : await file.ReadAsync(wanted, cancellationToken).ConfigureAwait(false);
        return Advance(wanted.Span, read);
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = buffer[..(int)Math.Min(buffer.Length, length - _position)];
        return Advance(wanted, _short || wanted.IsEmpty ? 0 : file.Read(wanted));
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Advance(Span<byte> wanted, int read)
    {
        if (read == 0 && wanted.Length > 0)
        {
            _short = true;
            wanted.Clear();
            read = wanted.Length;
        }

        _position += read;
        return read;
    }
}
