using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

/// <summary>What is used of Windows' <c>advapi32</c>. The base library has no word for services.</summary>
internal static class NativeServices
{
    public const int Connect = 0x1;
    public const int QueryConfiguration = 0x1;
    public const int QueryStatus = 0x4;
    public const int EnumerateDependents = 0x8;
    public const int MayStart = 0x10;
    public const int MayStop = 0x20;

    public const int InfoProcess = 0;
    public const int FailureActions = 2;
    public const int Active = 1;
    public const int ControlStop = 1;

    public const int ErrorMoreData = 234;
    public const int ErrorInsufficientBuffer = 122;

    [StructLayout(LayoutKind.Sequential)]
    public struct Status
    {
        public int Type;
        public int State;
        public int Accepted;
        public int ExitCode;
        public int OwnExitCode;
        public int CheckPoint;
        public int WaitHint;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct StatusOfProcess
    {
        public Status Status;
        public int ProcessId;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Configuration
    {
        public int Type;
        public int Start;
        public int ErrorControl;
        public nint BinaryPath;
        public nint LoadOrderGroup;
        public int Tag;
        public nint Dependencies;
        public nint Account;
        public nint DisplayName;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Failures
    {
        public int ResetSeconds;
        public nint RebootMessage;
        public nint Command;
        public int Count;
        public nint Actions;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct FailureAction
    {
        public int Kind;
        public int DelayMilliseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Dependent
    {
        public nint Name;
        public nint DisplayName;
        public Status Status;
    }

    /// <summary>A handle of the service manager, or of one service.</summary>
    public sealed class Handle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle() => CloseServiceHandle(handle);
    }

    public static Win32Exception Failure() => new(Marshal.GetLastPInvokeError());

    [DllImport("advapi32", EntryPoint = "OpenSCManagerW", CharSet = CharSet.Unicode, SetLastError = true)]
    public static extern Handle OpenManager(string? machine, string? database, int rights);

    [DllImport("advapi32", EntryPoint = "OpenServiceW", CharSet = CharSet.Unicode, SetLastError = true)]
    public static extern Handle OpenService(Handle manager, string name, int rights);

    [DllImport("advapi32", EntryPoint = "QueryServiceStatusEx", SetLastError = true)]
    public static extern bool QueryServiceStatus(Handle service, int level, out StatusOfProcess status, int size, out int needed);

    [DllImport("advapi32", EntryPoint = "QueryServiceConfigW", SetLastError = true)]
    public static extern bool QueryServiceConfiguration(Handle service, nint buffer, int size, out int needed);

    [DllImport("advapi32", EntryPoint = "QueryServiceConfig2W", SetLastError = true)]
    public static extern bool QueryServiceConfiguration(Handle service, int level, nint buffer, int size, out int needed);

    [DllImport("advapi32", EntryPoint = "EnumDependentServicesW", SetLastError = true)]
    public static extern bool EnumerateDependentServices(Handle service, int state, nint buffer, int size, out int needed, out int count);

    [DllImport("advapi32", EntryPoint = "StartServiceW", SetLastError = true)]
    public static extern bool StartService(Handle service, int count, nint arguments);

    [DllImport("advapi32", EntryPoint = "ControlService", SetLastError = true)]
    public static extern bool ControlService(Handle service, int control, out Status status);

    [DllImport("advapi32", EntryPoint = "CloseServiceHandle")]
    private static extern bool CloseServiceHandle(nint handle);
}
