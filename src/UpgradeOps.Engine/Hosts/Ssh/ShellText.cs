namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>Words of a POSIX shell.</summary>
internal static class ShellText
{
    /// <summary>One word, whatever is in it.</summary>
    /// <exception cref="AppException">It holds a zero byte, which no argument can.</exception>
    public static string Quote(string word) => word.Contains('\0')
        ? throw new AppException(ErrorIds.HostCommandFailed, "An argument or a path holds a zero byte.", word.Replace("\0", "\\0", StringComparison.Ordinal))
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    public static string Quote(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));
}
