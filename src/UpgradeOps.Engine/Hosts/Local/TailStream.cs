using System.Text;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>Takes any number of bytes and remembers the last mebibyte.</summary>
internal sealed class TailStream : WriteOnlyStream
{
    public const int Capacity = 1 << 20;

    private readonly MemoryStream kept = new();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        kept.Write(buffer);
        if (kept.Length > 2 * Capacity)
            Trim();
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
