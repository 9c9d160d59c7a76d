using System.ComponentModel;
using UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

namespace UpgradeOps.Engine.Tests.Service.Windows;

/// <summary>One service of a Windows that is not there: its program is what <c>release.txt</c> in the folder of <c>current</c> says.</summary>
internal sealed class FakeServices(string service, string directory) : IServiceManager
{
    private const int DiedAfterLooks = 20;

    private int _lastProcess = 1000;
    private ServiceImage? _process;
    private string _behaviour = "";
    private int _looks;
    private ServiceStatus _status = new(ServiceState.Stopped, 0, 1077);

    public ServiceConfiguration Settings { get; set; } = new($"\"{directory}/current/notes.exe\" --port 80", ServiceStart.Automatic);

    public IReadOnlyList<string> Dependents { get; set; } = [];

    public bool AcceptsStop { get; set; } = true;

    /// <summary>What Windows answers to whoever asks for rights; 0 to let everybody.</summary>
    public int Refusal { get; set; }

    /// <summary>As Windows without rights to look into others' processes, and as Wine.</summary>
    public bool HidesPath { get; set; }

    public int Starts { get; private set; }

    public ServiceStatus? Look(string name)
    {
        if (name != service)
            return null;
        if (_behaviour == "dies" && _process is not null && ++_looks > DiedAfterLooks)
        {
            // The process first; that its service has stopped is noticed later, by who tells it something.
            _process = null;
        }

        return _status with { AcceptsStop = AcceptsStop };
    }

    public ServiceConfiguration Configuration(string name) => Settings;

    public IReadOnlyList<string> RunningDependents(string name) => Dependents;

    public void Claim(string name)
    {
        if (Refusal != 0)
            throw new Win32Exception(Refusal);
    }

    public void Start(string name)
    {
        Claim(name);
        if (_status.IsUp)
            throw new Win32Exception(ServiceFault.AlreadyRunning);
        Starts++;
        var release = File.ReadAllText(Path.Combine(directory, "current/release.txt")).Split(' ');
        _behaviour = release[1];
        _looks = 0;
        Directory.CreateDirectory(Path.Combine(directory, "log"));
        File.AppendAllText(Path.Combine(directory, "log/app.log"), $"{release[0]} opens its ledger\n");
        if (_behaviour == "crash")
            throw new Win32Exception(ServiceFault.RequestTimedOut);
        if (_behaviour == "ends")
        {
            _status = new ServiceStatus(ServiceState.Stopped, 0, 1066, 3);
            // It was there for a moment.
            return;
        }

        var path = new DirectoryInfo(Path.Combine(directory, "current")).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        _process = new ServiceImage(++_lastProcess, DateTime.UtcNow.ToFileTimeUtc(), HidesPath ? Path.Combine(directory, "current/notes.exe") : Path.Combine(path, "notes.exe"));
        _status = new ServiceStatus(ServiceState.Running, _process.ProcessId);
    }

    public void Stop(string name)
    {
        Claim(name);
        if (!_status.IsUp)
            throw new Win32Exception(ServiceFault.NotActive);
        if (_process is null)
        {
            _status = new ServiceStatus(ServiceState.Stopped, 0, 1067);
            throw new Win32Exception(ServiceFault.CannotAcceptControl);
        }

        if (_behaviour == "stubborn")
            _status = _status with { State = ServiceState.StopPending };
        else
            End(0);
    }

    public ServiceImage? Process(int processId) => _process?.ProcessId == processId ? _process : null;

    public void Kill(ServiceImage process)
    {
        if (_process?.Identity == process.Identity)
            End(1067);
    }

    /// <summary>Windows' own restart: another process, nobody asked for it.</summary>
    public void Restart()
    {
        End(1067);
        Start(service);
    }

    private void End(int code) => (_process, _status) = (null, new ServiceStatus(ServiceState.Stopped, 0, code));
}
