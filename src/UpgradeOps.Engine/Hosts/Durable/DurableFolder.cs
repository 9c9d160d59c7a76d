namespace UpgradeOps.Engine.Hosts.Durable;

/// <summary>Folders whose entries survive a power cut.</summary>
internal static class DurableFolder
{
    /// <summary>Private to its owner: what a folder with data gets.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates a folder and its missing parents; the ones it creates get exactly this mode, whatever the umask is.</summary>
    public static void Create(string path, UnixFileMode mode = Private)
    {
        var missing = new Stack<string>();
        for (var folder = Path.GetFullPath(path); !Directory.Exists(folder); folder = Path.GetDirectoryName(folder)!)
            missing.Push(folder);

        foreach (var folder in missing)
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
                continue;
            }

            // Created closed, then opened as far as asked: at no moment is it wider than its mode.
            Directory.CreateDirectory(folder, mode & Private);
            File.SetUnixFileMode(folder, mode);
            Sync(Path.GetDirectoryName(folder)!);
        }
    }

    /// <returns>Null when this user may create and remove entries of a folder; else why not. Windows is not asked: it answers when something is written.</returns>
    public static string? WhyNotWritable(string path)
    {
        if (!Directory.Exists(path))
            return "it is not a folder";
        return OperatingSystem.IsWindows() ? null : Posix.WhyNotWritable(path);
    }

    /// <summary>Flushes the names in a folder. Windows does so by itself.</summary>
    public static void Sync(string path)
    {
        if (!OperatingSystem.IsWindows())
            Posix.SyncFolder(path);
    }
}
