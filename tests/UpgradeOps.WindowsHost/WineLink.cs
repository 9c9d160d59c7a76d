using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace UpgradeOps.WindowsHost;

/// <summary>A link of the system below Wine, which shows it as a folder with a mark and without a target.</summary>
internal static class WineLink
{
    private const uint OpenExisting = 3;
    private const uint OpenFolders = 0x02000000;
    private const uint ShareAll = 7;

    /// <returns>Absolute; null for what is no link, and for one that leads nowhere.</returns>
    public static string? TargetOf(string path)
    {
        if (!Path.Exists(path) || (File.GetAttributes(path) & FileAttributes.ReparsePoint) == 0)
            return null;
        using var handle = CreateFile(path, 0, ShareAll, 0, OpenExisting, OpenFolders, 0);
        var buffer = new StringBuilder(1024);
        return !handle.IsInvalid && GetFinalPathName(handle, buffer, (uint)buffer.Capacity, 0) > 0 ? buffer.ToString().Replace(@"\\?\", "", StringComparison.Ordinal) : null;
    }

    [DllImport("kernel32", EntryPoint = "CreateFileW", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern SafeFileHandle CreateFile(string name, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [DllImport("kernel32", EntryPoint = "GetFinalPathNameByHandleW", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern uint GetFinalPathName(SafeFileHandle file, StringBuilder path, uint length, uint flags);
}
