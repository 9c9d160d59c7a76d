using System.IO.Enumeration;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>Bytes of all files below a folder. Links count for themselves, what may not be read for nothing.</summary>
internal static class FolderSize
{
    // Attributes are not asked for: on Unix each would be a call to the system more.
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <returns>Null when there is no such folder.</returns>
    public static long? Of(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            return null;
        var lengths = new FileSystemEnumerable<long>(folder, static (ref FileSystemEntry e) => e.Length, All)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry e) => !e.IsDirectory,
            ShouldRecursePredicate = static (ref FileSystemEntry e) => (e.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        long total = 0;
        foreach (var length in lengths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            total += length;
        }

        return total;
    }
}
