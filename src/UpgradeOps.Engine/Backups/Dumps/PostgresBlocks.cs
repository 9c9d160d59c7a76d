namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>
/// The data part of a custom archive: blocks of an entry's id and chunks, each with its length in front. Rows are the lines in a
/// table's chunks: <see cref="CopyLines"/>.
/// </summary>
internal sealed class PostgresBlocks(PostgresDirectory directory)
{
    private const byte DataBlock = 1;
    private const byte LargeObjects = 3;

    private readonly Dictionary<int, RowSum> _lines = [];
    private readonly byte[] _number = new byte[9];
    private State _state = State.BlockKind;
    private int _numberLength;
    private bool _largeObjects;
    private RowSum _rows = new();
    private int _left;

    private enum State
    {
        BlockKind,
        EntryId,
        ObjectId,
        ChunkLength,
        Chunk,
    }

    /// <returns>What is wrong; null while nothing is.</returns>
    public string? Feed(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_state == State.Chunk)
            {
                var part = data[..Math.Min(data.Length, _left)];
                if (!_largeObjects)
                    CopyLines.Feed(_rows, part);
                _left -= part.Length;
                data = data[part.Length..];
                if (_left == 0)
                    _state = State.ChunkLength;
            }
            else if (_state == State.BlockKind)
            {
                if (data[0] is not (DataBlock or LargeObjects))
                    return "a data block has an unknown kind";
                _largeObjects = data[0] == LargeObjects;
                _state = State.EntryId;
                data = data[1..];
            }
            else if (TakeNumber(ref data) is { } number && Take(number) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>What is missing after the last byte; null when nothing is.</summary>
    public string? Problem()
    {
        if (_state != State.BlockKind || _numberLength > 0)
            return "it ends within a data block";
        var missing = directory.WithData.Keys.Except(_lines.Keys).ToList();
        return missing.Count == 0 ? null : $"the data of {missing.Count} entries is missing, such as that of {directory.WithData[missing[0]] ?? "a large object"}";
    }

    /// <summary>By table. To be asked once, when nothing is missing.</summary>
    public IReadOnlyDictionary<string, RowSum> Rows()
    {
        var rows = new SortedDictionary<string, RowSum>(StringComparer.Ordinal);
        foreach (var (id, table) in directory.WithData)
        {
            if (table is null)
                continue;
            rows[table] = CopyLines.End(_lines[id]);
        }

        return rows;
    }

    private string? Take(int number)
    {
        switch (_state)
        {
            case State.EntryId:
                if (!directory.WithData.ContainsKey(number) || !_lines.TryAdd(number, _rows = new RowSum()))
                    return "a data block belongs to no entry of its directory";
                _state = _largeObjects ? State.ObjectId : State.ChunkLength;
                break;
            case State.ObjectId:
                _state = number == 0 ? State.BlockKind : State.ChunkLength;
                break;
            case State.ChunkLength when number < 0:
                return "a chunk has an impossible length";
            case State.ChunkLength when number == 0:
                _state = _largeObjects ? State.ObjectId : State.BlockKind;
                break;
            default:
                _left = number;
                _state = State.Chunk;
                break;
        }

        return null;
    }

    private int? TakeNumber(ref ReadOnlySpan<byte> data)
    {
        var size = 1 + directory.IntegerSize;
        var taken = Math.Min(size - _numberLength, data.Length);
        data[..taken].CopyTo(_number.AsSpan(_numberLength));
        _numberLength += taken;
        data = data[taken..];
        if (_numberLength < size)
            return null;
        _numberLength = 0;
        return new PostgresScanner(_number.AsSpan(0, size)) { IntegerSize = directory.IntegerSize }.Integer();
    }
}
