using System.Runtime.InteropServices;

namespace UpgradeOps.WindowsService;

/// <summary>What Windows asks of a service's program, and nothing more.</summary>
internal static class ServiceMain
{
    private const int OwnProcess = 0x10;
    private const int StateStopped = 1;
    private const int StateStartPending = 2;
    private const int StateStopPending = 3;
    private const int StateRunning = 4;
    private const int AcceptStop = 1;
    private const int ControlStop = 1;
    private const uint SpecificError = 1066;

    private static readonly ManualResetEventSlim Stopping = new();

    // Held, or they would be collected while Windows calls them.
    private static readonly Main Entry = Serve;
    private static readonly Handler Control = OnControl;

    private static Work? work;
    private static string? name;
    private static nint handle;

    private delegate void Main(int count, nint arguments);

    private delegate int Handler(int control, int kind, nint data, nint context);

    public static int Run(string serviceName, Work serviceWork)
    {
        (name, work) = (serviceName, serviceWork);
        var table = new[] { new TableEntry { Name = serviceName, Main = Marshal.GetFunctionPointerForDelegate(Entry) }, default };
        return StartDispatcher(table) ? 0 : Marshal.GetLastPInvokeError();
    }

    private static void Serve(int count, nint arguments)
    {
        handle = RegisterHandler(name!, Control, 0);
        Tell(StateStartPending);
        work!.Start();
        Tell(StateRunning);
        if (work.EndsWith is { } code)
        {
            Tell(StateStopped, code);
            return;
        }

        Stopping.Wait();
        work.End();
        Tell(StateStopped);
    }

    private static int OnControl(int control, int kind, nint data, nint context)
    {
        if (control == ControlStop)
        {
            Tell(StateStopPending);
            if (work!.Stops)
                Stopping.Set();
        }

        return 0;
    }

    private static void Tell(int state, uint code = 0)
    {
        var status = new Status { Type = OwnProcess, State = state, Accepted = state == StateRunning ? AcceptStop : 0, ExitCode = code == 0 ? 0 : SpecificError, OwnExitCode = code, WaitHint = 3000 };
        SetStatus(handle, ref status);
    }

    [StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)]
    private struct TableEntry
    {
        [MarshalAs(UnmanagedType.LPWStr)]
        public string? Name;
        public nint Main;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Status
    {
        public int Type;
        public int State;
        public int Accepted;
        public uint ExitCode;
        public uint OwnExitCode;
        public int CheckPoint;
        public int WaitHint;
    }

    [DllImport("advapi32", EntryPoint = "StartServiceCtrlDispatcherW", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern bool StartDispatcher([In] TableEntry[] table);

    [DllImport("advapi32", EntryPoint = "RegisterServiceCtrlHandlerExW", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern nint RegisterHandler(string name, Handler handler, nint context);

    [DllImport("advapi32", EntryPoint = "SetServiceStatus", SetLastError = true)]
    private static extern bool SetStatus(nint handle, ref Status status);
}
