using System.Formats.Tar;
using System.Text;
using System.Threading.Channels;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>
/// Reads the tar archive of a folder that <c>pg_dump -Fd</c> made. It is whole when the archive has its end and every table that the
/// contents promise data for has its file, as has every large object. Files may come in any order.
/// </summary>
internal sealed class PostgresFolderReader : IDumpReader
{
    private const int LongestContents = 1 << 30;
    private const int Pieces = 16;

    private readonly Channel<byte[]> _fed = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Pieces) { SingleReader = true, SingleWriter = true });
    private readonly Dictionary<string, RowSum> _tables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);
    private readonly List<string> _largeObjects = [];
    private readonly Task<string?> _reading;
    private byte[]? _contents;

    public PostgresFolderReader() => _reading = Task.Run(ReadAsync);

    public void Feed(ReadOnlySpan<byte> data)
    {
        // Once it has given up nobody takes the pieces out any more, and nobody needs them.
        if (data.IsEmpty || _reading.IsCompleted)
            return;
        var piece = data.ToArray();
        while (!_fed.Writer.TryWrite(piece) && _fed.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
        {
            // Room again: once more.
        }
    }

    public DumpFacts Finish()
    {
        _fed.Writer.TryComplete();
        if (_reading.GetAwaiter().GetResult() is { } problem)
            return new DumpFacts { Problem = problem };
        if (_contents is null)
            return new DumpFacts { Problem = $"it has no {DumpFolder.Contents}" };
        try
        {
            var scanner = new PostgresScanner(_contents);
            return PostgresDirectory.Read(ref scanner, folder: true) is { } directory
                ? Compare(directory)
                : new DumpFacts { Kind = "PostgreSQL folder archive of a version that is not known here" };
        }
        catch (EndOfStreamException)
        {
            return new DumpFacts { Problem = $"its {DumpFolder.Contents} has no end" };
        }
        catch (InvalidDataException e)
        {
            return new DumpFacts { Problem = e.Message };
        }
    }

    private DumpFacts Compare(PostgresDirectory directory)
    {
        var kind = $"PostgreSQL folder archive {directory.Version} of database {directory.Database}";
        var rows = new SortedDictionary<string, RowSum>(StringComparer.Ordinal);
        foreach (var (id, table) in directory.WithData)
        {
            var file = directory.Files.GetValueOrDefault(id);
            if (file is null || !(_tables.ContainsKey(file) || _others.Contains(file)))
                return new DumpFacts { Kind = kind, Problem = $"the file {file} with the data of {table ?? "a large object"} is missing" };
            if (table is not null && _tables.Remove(file, out var sum))
                rows[table] = CopyLines.End(sum);
        }

        if (_largeObjects.Find(o => !_others.Contains(o)) is { } lost)
            return new DumpFacts { Kind = kind, Problem = $"the file {lost} with a large object is missing" };
        return directory.Compressed ? new DumpFacts { Kind = kind } : new DumpFacts
        {
            Kind = kind,
            Rows = rows.ToDictionary(t => t.Key, t => t.Value.Rows, StringComparer.Ordinal),
            Checksums = rows.ToDictionary(t => t.Key, t => t.Value.Checksum, StringComparer.Ordinal),
        };
    }

    /// <returns>What is wrong with it; null when it is whole.</returns>
    private async Task<string?> ReadAsync()
    {
        try
        {
            using var tar = new ChunkStream(_fed.Reader);
            await TarWalker.WalkAsync(tar, TakeAsync, CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return e.Message.TrimEnd('.');
        }
        finally
        {
            _fed.Writer.TryComplete();
        }
    }

    private async Task TakeAsync(string name, TarEntry entry, CancellationToken cancellationToken)
    {
        if (name == "." || entry.EntryType == TarEntryType.Directory)
            return;
        if (!DumpFolder.IsWritten(name) || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            throw new InvalidDataException($"it holds '{name}', which pg_dump -Fd does not write");
        if (name == DumpFolder.Contents)
            _contents = await ContentsAsync(entry, cancellationToken).ConfigureAwait(false);
        else if (DumpFolder.IsTable(name))
            _tables[name] = await LinesAsync(entry, cancellationToken).ConfigureAwait(false);
        else if (_others.Add(name) && name.EndsWith(".toc", StringComparison.Ordinal))
            await ListAsync(entry, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A list of large objects: a number and a file's name a line.</summary>
    private async Task ListAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        var list = Encoding.UTF8.GetString(await ContentsAsync(entry, cancellationToken).ConfigureAwait(false));
        _largeObjects.AddRange(list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[(l.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
    }

    private static async Task<byte[]> ContentsAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Length > LongestContents)
            throw new InvalidDataException($"its {DumpFolder.Contents} has no end");
        var contents = new byte[entry.Length];
        if (entry.DataStream is { } data)
            await data.ReadExactlyAsync(contents, cancellationToken).ConfigureAwait(false);
        return contents;
    }

    private static async Task<RowSum> LinesAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        var rows = new RowSum();
        if (entry.DataStream is not { } data)
            return rows;
        var buffer = new byte[1 << 17];
        int read;
        while ((read = await data.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            CopyLines.Feed(rows, buffer.AsSpan(0, read));
        return rows;
    }
}
