namespace UpgradeOps.Engine.Hosts.Durable;

/// <summary>
/// Writes that are on disk when they return. They block, and throw what the file system throws
/// (<see cref="IOException"/>, <see cref="UnauthorizedAccessException"/>): the caller knows what its file means.
/// </summary>
internal static class DurableFile
{
    /// <summary>Private to its owner: what a file with data gets.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Replaces a file at once: readers see the old or the new bytes, also after a power cut. Mode and owner of an existing file
    /// are kept; a link is followed, so that the file it names is replaced and not the link. The folder must exist.
    /// </summary>
    /// <param name="mode">For a file that is new; exact, whatever the umask is.</param>
    public static void WriteAtomic(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode = Private)
    {
        var target = new FileInfo(path).LinkTarget is null
            ? Path.GetFullPath(path)
            : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        var folder = Path.GetDirectoryName(target)!;
        Leftovers.Sweep(folder, Path.GetFileName(target));
        var temporary = Leftovers.NewName(target);
        try
        {
            using var stream = Create(temporary, Private);
            stream.Write(bytes);
            if (OperatingSystem.IsWindows())
            {
                stream.Flush(flushToDisk: true);
                stream.Dispose();
                File.Move(temporary, target, overwrite: true);
            }
            else
            {
                var exists = File.Exists(target);
                // The owner first: a change of owner clears the set-user-id bits of the mode.
                if (exists)
                    FileOwner.Of(target)?.GiveTo(temporary);
                File.SetUnixFileMode(stream.SafeFileHandle, exists ? File.GetUnixFileMode(target) : mode);
                stream.Flush(flushToDisk: true);
                // Renamed while it is open, and so locked: nobody takes it for what a killed process left.
                Posix.Rename(temporary, target);
            }
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        DurableFolder.Sync(folder);
    }

    /// <summary>Appends bytes and flushes them, all or none unless the process dies; a new file gets exactly this mode, and its name is flushed too.</summary>
    /// <returns>The file's length before: where the bytes begin.</returns>
    public static long Append(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode = Private)
    {
        var isNew = !File.Exists(path);
        using var stream = isNew ? Create(path, mode) : new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var start = stream.Length;
        try
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        catch
        {
            // Half of it may stand there, and what is appended next would run into it.
            TryCut(stream, start);
            throw;
        }

        if (isNew)
            DurableFolder.Sync(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return start;
    }

    /// <summary>Creates a file that must not exist, with exactly this mode. Not flushed before the caller does.</summary>
    public static FileStream Create(string path, UnixFileMode mode = Private)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (OperatingSystem.IsWindows())
            return new FileStream(path, options);

        // Created closed, then opened as far as asked: the umask takes away what it likes, and must not.
        options.UnixCreateMode = mode & Private;
        var stream = new FileStream(path, options);
        File.SetUnixFileMode(stream.SafeFileHandle, mode);
        return stream;
    }

    /// <summary>Removes a file and flushes that it is gone; nothing happens when it is not there.</summary>
    public static void Delete(string path)
    {
        if (!File.Exists(path))
            return;
        File.Delete(path);
        DurableFolder.Sync(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static void TryCut(FileStream stream, long length)
    {
        try
        {
            stream.SetLength(length);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // What went wrong before matters more; a reader recognises half a line.
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What went wrong before matters more than a leftover.
        }
    }
}
