using System.Buffers;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>An entry that was looked at, and a small file that was read, before its turn in the archive comes.</summary>
internal sealed class PreparedEntry(string path) : IDisposable
{
    /// <summary>Files up to this many bytes are read beforehand.</summary>
    public const int Small = 64 << 10;

    private byte[]? _buffer;

    public string Path { get; } = path;

    /// <summary>Null: it has vanished.</summary>
    public FolderEntry? Entry { get; private set; }

    /// <summary>Of a small file, as long as it was said to be; null for others.</summary>
    public ReadOnlyMemory<byte>? Content { get; private set; }

    /// <summary>The small file was written to while it was read.</summary>
    public bool Changed { get; private set; }

    /// <summary>Why it could not be read; null when it was or is still to be.</summary>
    public Exception? Problem { get; private set; }

    public void Prepare()
    {
        try
        {
            Entry = FolderEntry.Of(Path);
            if (Entry is { Kind: FolderEntryKind.File, Size: <= Small, Shared: null })
                Read((int)Entry.Size);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            Entry = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem = e;
        }
    }

    public void Dispose()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, Content) = (null, null);
    }

    private void Read(int size)
    {
        // One byte more, to see whether it grew.
        _buffer = ArrayPool<byte>.Shared.Rent(size + 1);
        var (read, modified) = OperatingSystem.IsLinux() ? UnixFile.Read(Path, _buffer.AsSpan(0, size + 1)) : Read(_buffer.AsSpan(0, size + 1));
        Changed = read != size || modified != Entry!.ModifiedUtc;
        if (read < size)
            _buffer.AsSpan(read, size - read).Clear();
        Content = _buffer.AsMemory(0, size);
    }

    private (int Read, DateTime ModifiedUtc) Read(Span<byte> buffer)
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        return (file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false), File.GetLastWriteTimeUtc(file.SafeFileHandle));
    }
}
