using System.Security.Cryptography;

namespace UpgradeOps.Engine.Archives;

/// <summary>A file of an archive, which has exactly the length that was told for it, and its SHA-256 once it was read. Anything else is damage.</summary>
internal sealed class ExactStream(Stream content, long length) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;

    public override bool CanRead => true;

    /// <summary>An archive is only told the length of what could be sought in.</summary>
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <summary>Makes sure that nothing follows.</summary>
    /// <returns>In lower case hexadecimal.</returns>
    public async Task<string> FinishAsync(CancellationToken cancellationToken)
    {
        if (_position != length || await content.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) != 0)
            throw new InvalidDataException("a file in it is longer or shorter than it says");
        return Convert.ToHexString(_hash.GetHashAndReset()).ToLowerInvariant();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = buffer[..(int)Math.Min(buffer.Length, length - _position)];
        if (wanted.IsEmpty)
            return 0;
        var read = await content.ReadAsync(wanted, cancellationToken).ConfigureAwait(false);
        return Pass(wanted.Span, read);
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = buffer[..(int)Math.Min(buffer.Length, length - _position)];
        return wanted.IsEmpty ? 0 : Pass(wanted, content.Read(wanted));
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

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }

    private int Pass(ReadOnlySpan<byte> wanted, int read)
    {
        if (read == 0)
            throw new InvalidDataException("a file in it is longer or shorter than it says");
        _hash.AppendData(wanted[..read]);
        _position += read;
        return read;
    }
}
