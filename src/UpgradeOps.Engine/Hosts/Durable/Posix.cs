using System.Runtime.InteropServices;

namespace UpgradeOps.Engine.Hosts.Durable;

/// <summary>What the base library has no word for: flushing a folder, renaming over a link, keeping an owner, signalling a group.</summary>
internal static class Posix
{
    private const int OpenReadOnly = 0;
    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4;
    private const int PermissionDenied = 13;
    private const int InvalidArgument = 22;
    private const int NotSupported = 95;
    private const int StandardError = 2;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExecFlag = 1;
    private const int MayWrite = 2;
    private const int MaySearch = 1;

    public const int SignalKill = 9;

    /// <summary>Makes names that were created, renamed or removed in a folder survive a power cut. Nothing happens where folders cannot be flushed.</summary>
    public static void SyncFolder(string path) => Flush(path, FSync);

    /// <summary>Flushes the whole file system that holds a path: one call instead of one a file.</summary>
    public static void SyncFileSystem(string path) => Flush(path, SyncFs);

    /// <summary>rename(2): replaces a file or a link at once.</summary>
    public static void Rename(string from, string to)
    {
        if (RenamePath(from, to) != 0)
            throw Failure($"rename {from} to {to}");
    }

    /// <returns>False when this user may not give the file to that owner.</returns>
    public static bool TryChangeOwner(string path, uint user, uint group) => ChangeOwner(path, user, group) == 0;

    /// <returns>Null when the second name was made; else why not.</returns>
    public static string? TryHardLink(string existing, string name) =>
        LinkPath(existing, name) == 0 ? null : Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <returns>Null when this user may create and remove entries of a folder; else why not. Nothing is tried.</returns>
    public static string? WhyNotWritable(string folder) =>
        Access(folder, MayWrite | MaySearch) == 0 ? null : Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>Kills every process of a group; one that is gone already is no failure.</summary>
    public static void KillGroup(int group) => _ = Kill(-group, SignalKill);

    /// <summary>Closes to later children what we were born with: the runtime's own files are so already.</summary>
    public static void KeepFilesFromChildren()
    {
        foreach (var name in Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(Path.GetFileName))
        {
            if (int.TryParse(name, out var descriptor) && descriptor > StandardError)
                _ = Control(descriptor, SetDescriptorFlags, CloseOnExecFlag);
        }
    }

    private static void Flush(string path, Func<int, int> flush)
    {
        int descriptor;
        while ((descriptor = Open(path, OpenReadOnly | CloseOnExec)) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Interrupted)
                continue;
            if (error == PermissionDenied)
                return;
            throw Failure($"open {path}");
        }

        try
        {
            while (flush(descriptor) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == Interrupted)
                    continue;
                if (error is InvalidArgument or NotSupported)
                    return;
                throw Failure($"flush {path}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static extern int SyncFs(int descriptor);

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static extern int RenamePath([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int LinkPath([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "access", SetLastError = true)]
    private static extern int Access([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);

    [DllImport("libc", EntryPoint = "lchown", SetLastError = true)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static extern int Control(int descriptor, int command, int argument);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
