namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>
/// Walks a custom archive of pg_dump from its head to its last block. The archive has no end mark when it was written into a pipe:
/// it is whole when every table that its directory promises data for had its block, and the last block ends where the file ends.
/// </summary>
internal sealed class PostgresArchiveReader : IDumpReader
{
    private const int LongestDirectory = 1 << 30;

    private readonly MemoryStream _head = new();
    private PostgresDirectory? _directory;
    private PostgresBlocks? _blocks;
    private int _tryAt = 64;
    private string? _problem;
    private bool _unknown;

    public void Feed(ReadOnlySpan<byte> data)
    {
        if (_problem is not null || _unknown)
            return;
        if (_blocks is not null)
        {
            FeedBlocks(data);
            return;
        }

        // The directory has no length in front: it is tried again whenever twice as much is there.
        _head.Write(data);
        if (_head.Length >= _tryAt)
            TryReadDirectory();
    }

    public DumpFacts Finish()
    {
        if (_blocks is null && _problem is null && !_unknown)
            TryReadDirectory();
        if (_unknown)
            return new DumpFacts { Kind = "PostgreSQL custom archive of a version that is not known here" };
        if (_problem is null && _blocks is null)
            _problem = _head.Length == 0 ? "it is empty" : "it ends within its directory";
        _problem ??= _blocks!.Problem();
        var rows = _problem is null && _directory is { Compressed: false } ? _blocks!.Rows() : null;
        return new DumpFacts
        {
            Problem = _problem,
            Kind = _directory is null ? "" : $"PostgreSQL custom archive {_directory.Version} of database {_directory.Database}",
            Rows = rows?.ToDictionary(t => t.Key, t => t.Value.Rows, StringComparer.Ordinal),
            Checksums = rows?.ToDictionary(t => t.Key, t => t.Value.Checksum, StringComparer.Ordinal),
        };
    }

    private void TryReadDirectory()
    {
        _tryAt = (int)Math.Min(_head.Length * 2, LongestDirectory);
        var bytes = _head.GetBuffer().AsSpan(0, (int)_head.Length);
        var scanner = new PostgresScanner(bytes);
        try
        {
            _directory = PostgresDirectory.Read(ref scanner);
        }
        catch (EndOfStreamException)
        {
            if (_head.Length >= LongestDirectory)
                _problem = "its directory has no end";
            return;
        }
        catch (InvalidDataException e)
        {
            _problem = e.Message;
            return;
        }

        if (_directory is null)
        {
            _unknown = true;
            return;
        }

        _blocks = new PostgresBlocks(_directory);
        FeedBlocks(bytes[scanner.Position..]);
        _head.SetLength(0);
        _head.Capacity = 0;
    }

    private void FeedBlocks(ReadOnlySpan<byte> data)
    {
        try
        {
            _problem = _blocks!.Feed(data);
        }
        catch (InvalidDataException e)
        {
            _problem = e.Message;
        }
    }
}
