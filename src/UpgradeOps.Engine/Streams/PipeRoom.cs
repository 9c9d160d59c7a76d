using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace UpgradeOps.Engine.Streams;

/// <summary>
/// Room of a pipe. As Linux makes it, 64 KiB, it is full after a quarter of one of our writes, and both sides wake each
/// other up thousands of times.
/// </summary>
internal static class PipeRoom
{
    private const int SetSize = 1031;

    /// <summary>What a user may take without asking, unless the machine's administrator says otherwise.</summary>
    private const int Wanted = 1 << 20;

    /// <summary>Makes it larger where that can be; it works without, only slower.</summary>
    public static void Widen(Stream pipe)
    {
        SafeHandle? handle = pipe switch
        {
            PipeStream tool => tool.SafePipeHandle,
            FileStream named => named.SafeFileHandle,
            _ => null,
        };
        if (OperatingSystem.IsLinux() && handle is { IsInvalid: false })
            _ = Control((int)handle.DangerousGetHandle(), SetSize, Wanted);
    }

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static extern int Control(int descriptor, int command, int argument);
}
