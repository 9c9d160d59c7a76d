using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

/// <summary>Processes of this Windows machine, looked at with no more rights than that takes: services run as somebody else.</summary>
internal static class NativeProcesses
{
    private const int QueryLimited = 0x1000;
    private const int InvalidParameter = 87;
    private const int StillActive = 259;
    private const int LongestPath = 32_768;

    public static ServiceImage? Find(int processId)
    {
        using var process = Open(processId);
        if (process is null)
            return null;
        if (process.IsInvalid)
            return new ServiceImage(processId, 0, null);

        // One that has ended stays there for as long as somebody holds it: we do, now.
        if (!GetExitCodeProcess(process, out var code) || code != StillActive || !GetProcessTimes(process, out var created, out _, out _, out _))
            return null;
        var path = new StringBuilder(LongestPath);
        var length = path.Capacity;
        return new ServiceImage(processId, created, QueryImageName(process, 0, path, ref length) ? path.ToString(0, length) : null);
    }

    public static void Kill(ServiceImage wanted)
    {
        // Held, so that nobody else gets its number meanwhile.
        using var held = Open(wanted.ProcessId);
        if (Find(wanted.ProcessId) is not { } found || found.Identity != wanted.Identity)
            return;
        try
        {
            using var process = Process.GetProcessById(wanted.ProcessId);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or AggregateException)
        {
            // It ended by itself, or a child did while it was being counted.
        }
    }

    /// <returns>Null when there is none of that number; an invalid one where this user may not look.</returns>
    private static SafeProcessHandle? Open(int processId)
    {
        var process = OpenProcess(QueryLimited, false, processId);
        return process.IsInvalid && Marshal.GetLastPInvokeError() == InvalidParameter ? null : process;
    }

    [DllImport("kernel32", SetLastError = true)]
    private static extern SafeProcessHandle OpenProcess(int rights, bool inherit, int processId);

    [DllImport("kernel32", SetLastError = true)]
    private static extern bool GetExitCodeProcess(SafeProcessHandle process, out int code);

    [DllImport("kernel32", SetLastError = true)]
    private static extern bool GetProcessTimes(SafeProcessHandle process, out long created, out long ended, out long kernel, out long user);

    [DllImport("kernel32", EntryPoint = "QueryFullProcessImageNameW", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern bool QueryImageName(SafeProcessHandle process, int flags, StringBuilder path, ref int length);
}
