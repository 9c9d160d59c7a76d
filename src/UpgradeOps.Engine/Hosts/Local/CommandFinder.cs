namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>
/// Finds a command on the PATH and nowhere else. The base library also looks in our own folder and in the current one,
/// where anybody may have put a file of that name.
/// </summary>
internal static class CommandFinder
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly string[] Extensions = OperatingSystem.IsWindows() ? ["", ".exe", ".com"] : [""];

    /// <returns>An absolute path; null when there is no such command.</returns>
    public static string? Find(string fileName, string? path)
    {
        if (Path.IsPathFullyQualified(fileName))
            return Extensions.Select(e => fileName + e).FirstOrDefault(File.Exists);
        if (fileName.Length == 0 || fileName.Contains('/') || (OperatingSystem.IsWindows() && fileName.Contains('\\')))
            return null;

        return (path ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified)
            .SelectMany(folder => Extensions.Select(e => Path.Combine(folder, fileName + e)))
            .FirstOrDefault(IsCommand);
    }

    private static bool IsCommand(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0);
}
