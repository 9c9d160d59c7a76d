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

    /// <summary>Removes what dead writers left in a folder. Never fails: it is no harm, only dirt.</summary>
    /// <param name="name">Of the file that they were writing; null for any.</param>
    public static void Sweep(string folder, string? name = null)
    {
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, $".{name ?? "*"}.*{Suffix}").Where(IsOurs))
            {
                if (IsAbandoned(path))
                    File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not there, or not ours to clean.
        }
    }

    private static bool IsOurs(string path)
    {
        var name = Path.GetFileName(path.AsSpan());
        var id = name[..^Suffix.Length];
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
