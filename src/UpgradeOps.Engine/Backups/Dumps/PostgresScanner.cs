using System.Text;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>Reads numbers and texts as pg_dump writes them. Throws <see cref="EndOfStreamException"/> when there is not enough yet.</summary>
internal ref struct PostgresScanner(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    public int Position { get; private set; }

    /// <summary>Bytes of a number, told in the archive's head.</summary>
    public int IntegerSize { get; set; } = 4;

    public byte Byte()
    {
        if (Position >= _data.Length)
            throw new EndOfStreamException();
        return _data[Position++];
    }

    public void Skip(int count)
    {
        if (_data.Length - Position < count)
            throw new EndOfStreamException();
        Position += count;
    }

    /// <summary>A sign byte, then the magnitude, least byte first.</summary>
    public int Integer()
    {
        var negative = Byte() != 0;
        long value = 0;
        for (var i = 0; i < IntegerSize; i++)
        {
            var part = (long)Byte();
            if (i < 8)
                value |= part << (8 * i);
        }

        if (value is < 0 or > int.MaxValue)
            throw new InvalidDataException("a number in its directory is out of range");
        return (int)(negative ? -value : value);
    }

    /// <returns>Null for a missing text.</returns>
    public string? Text()
    {
        var length = Integer();
        if (length < 0)
            return null;
        if (_data.Length - Position < length)
            throw new EndOfStreamException();
        var text = Encoding.UTF8.GetString(_data.Slice(Position, length));
        Position += length;
        return text;
    }
}
