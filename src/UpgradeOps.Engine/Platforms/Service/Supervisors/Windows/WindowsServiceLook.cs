using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

/// <summary>A service and what belongs to it, at one moment.</summary>
/// <param name="Status">Null when there is no such service.</param>
/// <param name="Process">The one that runs it; null while none does.</param>
/// <param name="Link">Where <c>current</c> leads, absolute; null when there is no such link.</param>
/// <param name="LinkedAt">When that link was made.</param>
/// <param name="Record">What we wrote down about our last start, whoever started it since.</param>
internal sealed record WindowsServiceLook(ServiceStatus? Status, ServiceImage? Process, string? Link, DateTimeOffset? LinkedAt, StartRecord? Record, ServicePaths Paths)
{
    /// <summary>A file system may count in seconds.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(2);

    /// <summary>Also when its process is dead, the service manager may still say that it runs: it has not noticed.</summary>
    public bool IsUp => Status is { IsUp: true } status && (Process is not null || (status.ProcessId == 0 && status.State is ServiceState.StartPending or ServiceState.StopPending));

    /// <summary>Our record, where what runs is what we started.</summary>
    public StartRecord? Start => Process is not null && Record?.Invocation == Process.Identity ? Record : null;

    /// <summary>
    /// The release folder that it runs from; empty when nobody knows. Its program tells, where we may see it with its links resolved. Else what we wrote down when
    /// we started it, or the link, unless that may have been changed since.
    /// </summary>
    public string Folder()
    {
        if (Process is not { } process)
            return Link ?? "";
        if (process.Path is { } path && Below(path) is { } seen)
            return seen;
        if (Start is { } start)
            return start.Folder;
        return Link is not null && process.CreatedAt > 0 && LinkedAt + Doubt < DateTimeOffset.FromFileTime(process.CreatedAt) ? Link : "";
    }

    public ServiceProcess? Describe()
    {
        if (Status is not { } status)
            return null;
        if (IsUp)
            return new ServiceProcess(status.ProcessId, Process?.CreatedAt ?? 0, "", Folder(), IsAlive: true) { State = status.Word };
        // Windows forgets who it was; we do not, if it was ours.
        return Record?.Invocation is { } ours && (status.IsUp || status.Ended is not null)
            ? new ServiceProcess(0, 0, "", Record.Folder, IsAlive: false) { Identity = ours, ExitCode = status.Ended }
            : null;
    }

    /// <summary>The release folder that a path is in.</summary>
    private string? Below(string path)
    {
        if (!ServiceBinary.IsBelow(path, Paths.Releases))
            return null;
        var name = ServiceBinary.Normal(path)[ServiceBinary.Normal(Paths.Releases).Length..].TrimStart('\\').Split('\\')[0];
        return name.Length == 0 ? null : HostPath.Join(Paths.Releases, name);
    }
}
