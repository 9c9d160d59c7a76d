using System.ComponentModel;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace UpgradeOps.Engine.Docker;

/// <summary>The one thing about Windows pipes that .NET has no call for: it leaves out writes of no bytes.</summary>
internal static class WindowsPipe
{
    private const int IoPending = 997;

    public static void WriteEmptyMessage(NamedPipeClientStream pipe)
    {
        if (!OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();

        using var written = new ManualResetEvent(false);
        // An event handle with its lowest bit set keeps the completion away from the thread pool's completion port.
        var overlapped = new NativeOverlapped { EventHandle = written.SafeWaitHandle.DangerousGetHandle() | 1 };
        if (!WriteFile(pipe.SafePipeHandle, IntPtr.Zero, 0, IntPtr.Zero, ref overlapped))
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != IoPending)
                throw new IOException("The end of input could not be sent to the engine.", new Win32Exception(error));
            written.WaitOne();
        }
    }

    [DllImport("kernel32.dll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool WriteFile(SafeHandle file, IntPtr buffer, int count, IntPtr written, ref NativeOverlapped overlapped);
}
