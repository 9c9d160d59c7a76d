namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>An entry that was looked at, and a small file that was read, before its turn in the archive comes.</summary>
internal sealed class PreparedEntry
{
    /// <summary>Files up to this many bytes are read beforehand.</summary>
    public const int Small = 64 << 10;

    private PreparedEntry(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null: it has vanished.</summary>
    public FolderEntry? Entry { get; private set; }

    /// <summary>Of a small file, as long as it was said to be; null for others. It lies in the buffer that was given, until that is used again or <see cref="Keep"/>.</summary>
    public ArraySegment<byte>? Content { get; private set; }

    /// <summary>The small file was written to while it was read.</summary>
    public bool Changed { get; private set; }

    /// <summary>Why it could not be read; null when it was or is still to be.</summary>
    public Exception? Problem { get; private set; }

    /// <param name="place">For neighbours, one after the other.</param>
    /// <param name="buffer">Of <see cref="Small"/> bytes and one more, to see whether a file grew.</param>
    public static PreparedEntry Of(string path, UnixPlace place, byte[] buffer)
    {
        var prepared = new PreparedEntry(path);
        try
        {
            prepared.Entry = FolderEntry.Of(path, place);
            if (prepared.Entry is { Kind: FolderEntryKind.File, Size: <= Small, Shared: null } file)
                prepared.Read(file, place, buffer);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            prepared.Entry = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            prepared.Problem = e;
        }

        return prepared;
    }

    /// <summary>The buffer may be used again.</summary>
    public void Keep()
    {
        if (Content is { } content)
            Content = new ArraySegment<byte>(content.ToArray());
    }

    private void Read(FolderEntry file, UnixPlace place, byte[] buffer)
    {
        var size = (int)file.Size;
        var wanted = buffer.AsSpan(0, size + 1);
        var (read, modified) = OperatingSystem.IsLinux() ? UnixFile.Read(place.Of(Path), wanted) : Read(wanted);
        Changed = read != size || modified != file.ModifiedUtc;
        if (read < size)
            wanted[read..].Clear();
        Content = new ArraySegment<byte>(buffer, 0, size);
    }

    private (int Read, DateTime ModifiedUtc) Read(Span<byte> buffer)
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        return (file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false), File.GetLastWriteTimeUtc(file.SafeFileHandle));
    }
}
