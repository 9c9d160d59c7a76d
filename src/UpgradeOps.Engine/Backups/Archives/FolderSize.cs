using System.IO.Enumeration;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>Bytes of all files below a folder, whose own folders are walked at the same time. Links count for themselves, what may not be read for nothing.</summary>
internal static class FolderSize
{
    // Attributes are not asked for: on Unix each would be a call to the system more.
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true };
    private static readonly EnumerationOptions Here = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <returns>Null when there is no such folder.</returns>
    public static long? Of(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            return null;
        var folders = new List<string>();
        var total = OfFiles(folder, Here, folders, cancellationToken);
        Parallel.ForEach(folders, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, below =>
        {
            try
            {
                Interlocked.Add(ref total, OfFiles(below, All, null, cancellationToken));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It vanished, or cannot be read; the copy will tell.
            }
        });
        return total;
    }

    /// <param name="folders">Gets the folders in it, which are not counted; null to count all that is in them.</param>
    private static long OfFiles(string folder, EnumerationOptions options, List<string>? folders, CancellationToken cancellationToken)
    {
        var lengths = new FileSystemEnumerable<long>(folder, (ref FileSystemEntry e) => LengthOf(ref e, folders), options)
        {
            ShouldRecursePredicate = static (ref FileSystemEntry e) => !IsLink(ref e),
        };
        long total = 0;
        foreach (var length in lengths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            total += length;
        }

        return total;
    }

    private static long LengthOf(ref FileSystemEntry entry, List<string>? folders)
    {
        if (!entry.IsDirectory)
            return entry.Length;
        if (folders is not null && !IsLink(ref entry))
            folders.Add(entry.ToFullPath());
        return 0;
    }

    // A link to a folder counts as one there.
    private static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;
}
