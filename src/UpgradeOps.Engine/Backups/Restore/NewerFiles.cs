namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Counts what was written into a folder after a moment, for as long as a person would wait for the answer.</summary>
internal static class NewerFiles
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    /// <returns>At least so many; null when the folder is not there.</returns>
    public static long? Count(string folder, DateTimeOffset after, TimeProvider time)
    {
        if (!Directory.Exists(folder))
            return null;
        var start = time.GetTimestamp();
        long count = 0;
        try
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", All))
            {
                if (file.LastWriteTimeUtc > after.UtcDateTime)
                    count++;
                if (time.GetElapsedTime(start) > Patience)
                    break;
            }
        }
        catch (IOException)
        {
            // Somebody works in it: what was counted so far is true.
        }

        return count;
    }
}
