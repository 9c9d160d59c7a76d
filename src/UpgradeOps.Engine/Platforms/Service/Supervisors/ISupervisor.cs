using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors;

/// <summary>Starts and stops one application's process, and knows it again after our own end.</summary>
internal interface ISupervisor
{
    /// <summary>Findings about what the supervisor needs on the host.</summary>
    Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken);

    /// <returns>The program by which a release is started; null when that is not known.</returns>
    Task<ReleaseProgram?> ProgramAsync(CancellationToken cancellationToken);

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

    /// <summary>The last lines that it wrote since its present start, oldest first; goes on until cancelled when <paramref name="follow"/>.</summary>
    IAsyncEnumerable<ServiceLine> LinesAsync(int tail, bool follow, CancellationToken cancellationToken);
}

/// <param name="Path">Absolute, relative to the release's folder where it holds a slash, or a name on the PATH.</param>
/// <param name="Source">What names it, for a person.</param>
internal sealed record ReleaseProgram(string Path, string Source)
{
    public bool IsInRelease => Path.Contains('/', StringComparison.Ordinal) && !HostPath.IsPosix(Path);
}

/// <param name="At">When it was written, where that is known.</param>
internal sealed record ServiceLine(string Text, DateTimeOffset? At = null);

/// <summary>A process that no other can be mistaken for.</summary>
/// <param name="ProcessId">0 while a service manager waits before it starts it anew.</param>
/// <param name="StartTime">In clock ticks since the machine's start.</param>
/// <param name="Boot">Identity of the machine's start.</param>
/// <param name="ReleaseFolder">The folder that it was started from, absolute; empty when nobody knows.</param>
/// <param name="IsAlive">It runs, or somebody is about to start it again by himself.</param>
internal sealed record ServiceProcess(int ProcessId, long StartTime, string Boot, string ReleaseFolder, bool IsAlive)
{
    public string Id => Identity ?? $"{ProcessId}:{StartTime}";

    /// <summary>What a service manager knows its start by; null where there is none.</summary>
    public string? Identity { get; init; }

    /// <summary>As <see cref="Instance.State"/>.</summary>
    public string State { get; init; } = IsAlive ? "running" : "exited";

    /// <summary>Another one after each restart by a service manager.</summary>
    public string? Life { get; init; }

    /// <summary>How often a service manager started it anew.</summary>
    public int RestartCount { get; init; }

    /// <summary>How it ended, where that is known.</summary>
    public int? ExitCode { get; init; }
}
