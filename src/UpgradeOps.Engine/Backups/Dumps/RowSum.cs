using System.Globalization;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>
/// A table's rows and what is in them as one number: the sum, modulo 2^64, of XXH64 of each row's text as the dump tool writes it. In which
/// order the rows come makes no difference, so a table gives the same before a dump and after its load.
/// </summary>
internal sealed class RowSum
{
    private readonly XxHash64 _begun = new();
    private bool _isBegun;
    private ulong _sum;

    public long Rows { get; private set; }

    /// <summary>16 hexadecimal digits.</summary>
    public string Checksum => _sum.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>A part of a row; more of it comes.</summary>
    public void Append(ReadOnlySpan<byte> part)
    {
        _begun.Append(part);
        _isBegun = true;
    }

    /// <param name="row">The row, or the last part of one that was begun.</param>
    public void Add(ReadOnlySpan<byte> row)
    {
        if (_isBegun)
            _begun.Append(row);
        _sum += _isBegun ? _begun.TakeResult() : XxHash64.Of(row);
        _isBegun = false;
        Rows++;
    }

    public void Add(RowSum other)
    {
        _sum += other._sum;
        Rows += other.Rows;
    }

    /// <summary>Takes away a row that is none.</summary>
    public void Remove(ReadOnlySpan<byte> row)
    {
        _sum -= XxHash64.Of(row);
        Rows--;
    }

    public void Clear() => (_sum, Rows) = (0, 0);
}
