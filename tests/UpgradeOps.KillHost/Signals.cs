using System.ComponentModel;
using System.Runtime.InteropServices;

namespace UpgradeOps.KillHost;

/// <summary>Sends signals without the program <c>kill</c>, which not every machine has.</summary>
internal static class Signals
{
    public static readonly int Interrupt = 2;
    public static readonly int Kill = 9;
    public static readonly int Terminate = 15;
    public static readonly int Stop = OperatingSystem.IsMacOS() ? 17 : 19;
    public static readonly int Continue = OperatingSystem.IsMacOS() ? 19 : 18;

    /// <param name="process">Its number; negative for its whole process group.</param>
    /// <returns>False when there is no such process any more.</returns>
    /// <exception cref="Win32Exception">It is not ours.</exception>
    public static bool Send(int process, int signal)
    {
        const int noSuchProcess = 3;
        if (SendSignal(process, signal) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == noSuchProcess ? false : throw new Win32Exception(error);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
