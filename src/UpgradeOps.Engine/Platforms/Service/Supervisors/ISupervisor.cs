namespace UpgradeOps.Engine.Platforms.Service.Supervisors;

/// <summary>Starts and stops one application's process, and knows it again after our own end.</summary>
internal interface ISupervisor
{
    /// <summary>Findings about what the supervisor needs on the host.</summary>
    Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken);

    /// <returns>The process that was started last, whether it lives or not; null when there was none or nobody remembers.</returns>
    Task<ServiceProcess?> InspectAsync(CancellationToken cancellationToken);

    /// <returns>On which <c>address:port</c> this process itself listens; empty where that cannot be seen.</returns>
    Task<IReadOnlyList<string>> EndpointsAsync(ServiceProcess process, CancellationToken cancellationToken);

    /// <summary>Starts the application from a release folder. One that already runs from there is left alone and returned.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.ServiceStartFailed"/>: it ended at once, or another release runs.</exception>
    Task<ServiceProcess> StartAsync(string releaseFolder, CancellationToken cancellationToken);

    /// <summary>Asks a process to end and kills it when it does not; nothing happens to any other process that has its number by now.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.ServiceStopFailed"/>: it still lives.</exception>
    Task StopAsync(ServiceProcess process, CancellationToken cancellationToken);

    /// <summary>Makes a process and those of its session stand still; when this returns, they do.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.ServiceStopFailed"/>: it goes on.</exception>
    Task PauseAsync(ServiceProcess process, CancellationToken cancellationToken);

    /// <summary>Lets a process that stands still go on.</summary>
    Task UnpauseAsync(ServiceProcess process, CancellationToken cancellationToken);
}

/// <summary>A process that no other can be mistaken for.</summary>
/// <param name="StartTime">In clock ticks since the machine's start.</param>
/// <param name="Boot">Identity of the machine's start.</param>
/// <param name="ReleaseFolder">The folder that it was started from, absolute.</param>
internal sealed record ServiceProcess(int ProcessId, long StartTime, string Boot, string ReleaseFolder, bool IsAlive)
{
    public string Id => $"{ProcessId}:{StartTime}";
}
