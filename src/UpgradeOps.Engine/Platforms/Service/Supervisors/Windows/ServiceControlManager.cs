using System.Runtime.InteropServices;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

/// <summary>The service manager of this Windows machine. Each call opens what it needs with no more rights than that.</summary>
internal sealed class ServiceControlManager : IServiceManager
{
    private const int NoSuchService = 1060;
    private const int OwnProcess = 0x10;

    private delegate bool Filling(nint buffer, int size, out int needed);

    public ServiceStatus? Look(string service)
    {
        using var handle = TryOpen(service, NativeServices.QueryStatus);
        if (handle is null)
            return null;
        if (!NativeServices.QueryServiceStatus(handle, NativeServices.InfoProcess, out var found, Marshal.SizeOf<NativeServices.StatusOfProcess>(), out _))
            throw NativeServices.Failure();
        return new ServiceStatus(
            (ServiceState)found.Status.State, found.ProcessId, found.Status.ExitCode, found.Status.OwnExitCode, (found.Status.Accepted & NativeServices.ControlStop) != 0);
    }

    public ServiceConfiguration Configuration(string service)
    {
        using var handle = Open(service, NativeServices.QueryConfiguration);
        var found = Filled(
            (nint buffer, int size, out int needed) => NativeServices.QueryServiceConfiguration(handle, buffer, size, out needed),
            static buffer =>
            {
                var read = Marshal.PtrToStructure<NativeServices.Configuration>(buffer);
                return new ServiceConfiguration(Marshal.PtrToStringUni(read.BinaryPath) ?? "", (ServiceStart)read.Start, (read.Type & OwnProcess) != 0);
            });
        return found! with { Recovery = Recovery(handle) };
    }

    public IReadOnlyList<string> RunningDependents(string service)
    {
        using var handle = Open(service, NativeServices.EnumerateDependents);
        var count = 0;
        return Filled<IReadOnlyList<string>>(
            (nint buffer, int size, out int needed) => NativeServices.EnumerateDependentServices(handle, NativeServices.Active, buffer, size, out needed, out count),
            buffer => [.. Enumerable.Range(0, count).Select(i => Marshal.PtrToStructure<NativeServices.Dependent>(buffer + i * Marshal.SizeOf<NativeServices.Dependent>())).Select(d => Marshal.PtrToStringUni(d.Name)!)]) ?? [];
    }

    public void Claim(string service) =>
        Open(service, NativeServices.QueryStatus | NativeServices.QueryConfiguration | NativeServices.EnumerateDependents | NativeServices.MayStart | NativeServices.MayStop).Dispose();

    public void Start(string service)
    {
        using var handle = Open(service, NativeServices.MayStart);
        if (!NativeServices.StartService(handle, 0, 0))
            throw NativeServices.Failure();
    }

    public void Stop(string service)
    {
        using var handle = Open(service, NativeServices.MayStop);
        if (!NativeServices.ControlService(handle, NativeServices.ControlStop, out _))
            throw NativeServices.Failure();
    }

    public ServiceImage? Process(int processId) => NativeProcesses.Find(processId);

    public void Kill(ServiceImage process) => NativeProcesses.Kill(process);

    /// <summary>Only told, so nothing fails for it: not every Windows knows all of them.</summary>
    private static IReadOnlyList<RecoveryAction> Recovery(NativeServices.Handle handle)
    {
        try
        {
            return Filled<IReadOnlyList<RecoveryAction>>(
                (nint buffer, int size, out int needed) => NativeServices.QueryServiceConfiguration(handle, NativeServices.FailureActions, buffer, size, out needed),
                static buffer =>
                {
                    var read = Marshal.PtrToStructure<NativeServices.Failures>(buffer);
                    return [.. Enumerable.Range(0, read.Actions == 0 ? 0 : read.Count)
                        .Select(i => Marshal.PtrToStructure<NativeServices.FailureAction>(read.Actions + i * Marshal.SizeOf<NativeServices.FailureAction>()))
                        .Select(a => new RecoveryAction((RecoveryKind)a.Kind, TimeSpan.FromMilliseconds((uint)a.DelayMilliseconds)))];
                }) ?? [];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return [];
        }
    }

    /// <summary>Asks how much room an answer needs, then for the answer.</summary>
    /// <returns>Null when there is nothing to tell.</returns>
    private static T? Filled<T>(Filling fill, Func<nint, T> read)
        where T : class
    {
        if (fill(0, 0, out var needed))
            return null;
        while (Marshal.GetLastPInvokeError() is NativeServices.ErrorInsufficientBuffer or NativeServices.ErrorMoreData)
        {
            var buffer = Marshal.AllocHGlobal(needed);
            try
            {
                if (fill(buffer, needed, out needed))
                    return read(buffer);
            }
            finally
            {
                var error = Marshal.GetLastPInvokeError();
                Marshal.FreeHGlobal(buffer);
                Marshal.SetLastPInvokeError(error);
            }
        }

        throw NativeServices.Failure();
    }

    private static NativeServices.Handle Open(string service, int rights)
    {
        using var manager = NativeServices.OpenManager(null, null, NativeServices.Connect);
        if (manager.IsInvalid)
            throw NativeServices.Failure();
        var handle = NativeServices.OpenService(manager, service, rights);
        return !handle.IsInvalid ? handle : throw NativeServices.Failure();
    }

    private static NativeServices.Handle? TryOpen(string service, int rights)
    {
        try
        {
            return Open(service, rights);
        }
        catch (System.ComponentModel.Win32Exception e) when (e.NativeErrorCode == NoSuchService)
        {
            return null;
        }
    }
}
