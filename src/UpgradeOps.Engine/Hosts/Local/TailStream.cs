using System.Text;

namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>Takes any number of bytes and remembers the last mebibyte.</summary>
internal sealed class TailStream : Stream
{
    public const int Capacity = 1 << 20;

    private readonly MemoryStream kept = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        kept.Write(buffer);
        if (kept.Length > 2 * Capacity)
            Trim();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>As UTF-8.</summary>
    public override string ToString()
    {
        if (kept.Length > Capacity)
            Trim();
        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Trim()
    {
        var bytes = kept.GetBuffer().AsSpan(0, (int)kept.Length);
        var start = bytes.Length - Capacity;
        // Never begins in the middle of a character.
        while (start < bytes.Length && (bytes[start] & 0xC0) == 0x80)
            start++;
        var rest = bytes[start..].ToArray();
        kept.SetLength(0);
        kept.Write(rest);
    }
}
