using System.Text;

namespace UpgradeOps.Engine.Docker;

/// <summary>Keeps the last bytes of what is written to it.</summary>
internal sealed class TailBuffer(int limit)
{
    private readonly MemoryStream _bytes = new();

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        if (_bytes.Length <= 2L * limit)
            return;
        var tail = _bytes.GetBuffer().AsSpan((int)_bytes.Length - limit, limit).ToArray();
        _bytes.SetLength(0);
        _bytes.Write(tail);
    }

    /// <summary>The last bytes as text.</summary>
    public override string ToString()
    {
        var count = (int)Math.Min(limit, _bytes.Length);
        return Encoding.UTF8.GetString(_bytes.GetBuffer(), (int)_bytes.Length - count, count);
    }
}
