namespace UpgradeOps.Engine.Hosts;

/// <summary>
/// Paths of a host, whichever system this side runs on: one that begins with a slash is a POSIX path also for a client on Windows. Any other is this
/// machine's own.
/// </summary>
internal static class HostPath
{
    public static bool IsPosix(string path) => path.StartsWith('/');

    /// <summary>A path below a folder, or the path itself when it is absolute.</summary>
    public static string Join(string folder, string path) =>
        !IsPosix(folder) ? Path.Combine(folder, path) : IsPosix(path) ? path : $"{folder.TrimEnd('/')}/{path}";

    public static string Join(string folder, string path, string more) => Join(Join(folder, path), more);

    /// <summary>Absolute and without <c>.</c>, <c>..</c> and a slash at its end; a relative path starts from the folder.</summary>
    public static string Absolute(string path, string folder)
    {
        if (!IsPosix(path) && !IsPosix(folder))
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, folder));
        var parts = new List<string>();
        foreach (var part in Join(folder, path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("." or ".."))
                parts.Add(part);
        }

        return $"/{string.Join('/', parts)}";
    }

    /// <summary>From a folder to a path; both absolute and normal.</summary>
    public static string Relative(string folder, string path)
    {
        if (!IsPosix(folder) || !IsPosix(path))
            return Path.GetRelativePath(folder, path);
        var (from, to) = (Parts(folder), Parts(path));
        var common = from.Zip(to).TakeWhile(p => p.First == p.Second).Count();
        var relative = string.Join('/', Enumerable.Repeat("..", from.Length - common).Concat(to.Skip(common)));
        return relative.Length == 0 ? "." : relative;
    }

    /// <summary>The last part.</summary>
    public static string Name(string path) => IsPosix(path) ? path[(path.LastIndexOf('/') + 1)..] : Path.GetFileName(path);

    /// <returns>Null for a root.</returns>
    public static string? Parent(string path) => !IsPosix(path) ? Path.GetDirectoryName(path) : path.LastIndexOf('/') switch
    {
        0 => path.Length == 1 ? null : "/",
        var slash => path[..slash],
    };

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
