namespace UpgradeOps.Engine.Hosts.Durable;

/// <summary>
/// Temporary files of atomic writes whose process was killed before it gave them their name. A living writer holds the kernel's lock on
/// its own, so that a dead one's shows.
/// </summary>
internal static class Leftovers
{
    private const string Suffix = ".tmp";
    private const int IdLength = 32;

    /// <summary>A name beside the target that no other writer has.</summary>
    public static string NewName(string target) =>
        Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}{Suffix}");

    /// <summary>Whether a name is one that a writer of a file, here or on another host, gives to what is not whole yet.</summary>
    /// <param name="target">The file's own name, without its folder.</param>
    public static bool IsOf(string name, string target) =>
        name.StartsWith($".{target}.", StringComparison.Ordinal) && name.Length == target.Length + IdLength + Suffix.Length + 2 && name.EndsWith(Suffix, StringComparison.Ordinal) && IsOurs(name);

    /// <summary>Removes what dead writers left in a folder. Never fails: it is no harm, only dirt.</summary>
    /// <param name="name">Of the file that they were writing; null for any.</param>
    public static void Sweep(string folder, string? name = null) => Sweep(folder, name, e => e.LinkTarget is null && e is FileInfo && IsAbandoned(e.FullName));

    /// <summary>The same for links, which nobody can lock: only for a link that one process at a time may change.</summary>
    public static void SweepLinks(string folder, string name) => Sweep(folder, name, e => e.LinkTarget is not null);

    private static void Sweep(string folder, string? name, Func<FileSystemInfo, bool> abandoned)
    {
        try
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos($".{name ?? "*"}.*{Suffix}").Where(e => IsOurs(e.Name)))
            {
                if (abandoned(entry))
                    entry.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not there, or not ours to clean.
        }
    }

    private static bool IsOurs(string name)
    {
        var id = name.AsSpan(0, name.Length - Suffix.Length);
        return id.Length > IdLength + 2 && id[^(IdLength + 1)] == '.' && !id[^IdLength..].ContainsAnyExcept("0123456789abcdef");
    }

    private static bool IsAbandoned(string path)
    {
        try
        {
            using var locked = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
