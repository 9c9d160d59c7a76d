using System.Formats.Tar;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>
/// Neighbours of an archive, looked at, read and encoded by one processor ahead of their turn. What is to be told about, or is too
/// large to be held, waits for its turn. Used again for others afterwards.
/// </summary>
internal sealed class PackedRun
{
    /// <summary>So many entries at most: with the largest of the small files, eight megabytes.</summary>
    public const int Most = 128;

    private readonly byte[] _buffer = new byte[PreparedEntry.Small + 1];
    private readonly MemoryStream _encoded = new();
    private readonly TarWriter _tar;
    private readonly List<(int End, PreparedEntry Entry)> _waiting = [];

    // Never disposed: that would write the end of an archive.
    public PackedRun() => _tar = new TarWriter(_encoded, TarEntryFormat.Pax, leaveOpen: true);

    public List<string> Paths { get; } = new(Most);

    /// <summary>Empties it for the next entries.</summary>
    public void Clear()
    {
        Paths.Clear();
        _waiting.Clear();
        _encoded.SetLength(0);
    }

    /// <param name="nameOf">What a path is called in the archive.</param>
    public void Prepare(Func<string, string> nameOf)
    {
        using var place = new UnixPlace();
        foreach (var path in Paths)
        {
            var entry = PreparedEntry.Of(path, place, _buffer);
            if (Plain(entry, nameOf(path)) is { } head)
            {
                _tar.WriteEntry(head);
                continue;
            }

            entry.Keep();
            _waiting.Add(((int)_encoded.Length, entry));
        }
    }

    /// <summary>Writes everything in its order.</summary>
    /// <param name="waiting">Writes what has waited.</param>
    public async Task WriteAsync(Stream output, Func<PreparedEntry, Task> waiting, CancellationToken cancellationToken)
    {
        var encoded = _encoded.GetBuffer();
        var begin = 0;
        foreach (var (end, entry) in _waiting)
        {
            await output.WriteAsync(encoded.AsMemory(begin, end - begin), cancellationToken).ConfigureAwait(false);
            await waiting(entry).ConfigureAwait(false);
            begin = end;
        }

        await output.WriteAsync(encoded.AsMemory(begin, (int)_encoded.Length - begin), cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Null where something is to be told, checked or looked up first.</returns>
    private static TarEntry? Plain(PreparedEntry prepared, string name)
    {
        if (prepared is not { Problem: null, Changed: false, Entry: { HasCapabilities: false, Shared: null } entry } || !FolderPacker.IsText(name))
            return null;
        return prepared.Content is { } content ? TarHead.OfFile(name, entry, content) : TarHead.OfEmpty(name, entry);
    }
}
