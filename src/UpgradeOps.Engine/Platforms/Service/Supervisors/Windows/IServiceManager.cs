using System.ComponentModel;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

/// <summary>What a Windows machine's service manager can be asked and told about one service. Calls block, for moments; a start for as long as the program takes to report itself.</summary>
/// <exception cref="Win32Exception">From each of them: what Windows says.</exception>
internal interface IServiceManager
{
    /// <returns>Null when there is no such service.</returns>
    ServiceStatus? Look(string service);

    ServiceConfiguration Configuration(string service);

    /// <returns>The services that run and need this one to: while they do, Windows does not stop it.</returns>
    IReadOnlyList<string> RunningDependents(string service);

    /// <summary>Asks for all the rights that an update needs; nothing happens to the service.</summary>
    void Claim(string service);

    void Start(string service);

    /// <summary>Returns at once: how it goes is looked at.</summary>
    void Stop(string service);

    /// <returns>Null when none of that number lives.</returns>
    ServiceImage? Process(int processId);

    /// <summary>Kills a process with all that it started; nothing happens when it is gone, or another has its number.</summary>
    void Kill(ServiceImage process);
}

/// <summary>As Windows counts them.</summary>
internal enum ServiceState
{
    Stopped = 1,
    StartPending = 2,
    StopPending = 3,
    Running = 4,
    ContinuePending = 5,
    PausePending = 6,
    Paused = 7,
}

/// <param name="ProcessId">0 while it is stopped.</param>
/// <param name="ExitCode">How it ended last, in Windows' own numbers.</param>
/// <param name="OwnExitCode">What the program itself gave for it, where <paramref name="ExitCode"/> says so.</param>
internal sealed record ServiceStatus(ServiceState State, int ProcessId, int ExitCode = 0, int OwnExitCode = 0, bool AcceptsStop = true)
{
    private const int SpecificError = 1066;
    private const int NeverStarted = 1077;

    /// <summary>It runs, or is about to, or is still to end.</summary>
    public bool IsUp => State != ServiceState.Stopped;

    /// <summary>As <see cref="Instance.State"/>, of one that is up.</summary>
    public string Word => State switch
    {
        ServiceState.StartPending => "starting",
        ServiceState.StopPending => "stopping",
        ServiceState.Paused or ServiceState.PausePending => "paused",
        _ => "running",
    };

    /// <summary>How it ended last; null while it runs, and when it never did since the machine's start.</summary>
    public int? Ended => IsUp || ExitCode == NeverStarted ? null : ExitCode == SpecificError ? OwnExitCode : ExitCode;
}

/// <param name="BinaryPath">The command line, as it was registered.</param>
/// <param name="IsProgram">False for a driver, and for what shares its process with other services.</param>
internal sealed record ServiceConfiguration(string BinaryPath, ServiceStart Start, bool IsProgram = true)
{
    /// <summary>What Windows does, one after the other, when the program ends without having been stopped.</summary>
    public IReadOnlyList<RecoveryAction> Recovery { get; init; } = [];
}

/// <summary>When Windows starts a service.</summary>
internal enum ServiceStart
{
    Boot = 0,
    System = 1,
    Automatic = 2,
    Demand = 3,
    Disabled = 4,
}

/// <param name="After">How long Windows waits before it.</param>
internal sealed record RecoveryAction(RecoveryKind Kind, TimeSpan After);

/// <summary>As Windows counts them.</summary>
internal enum RecoveryKind
{
    None = 0,
    Restart = 1,
    Reboot = 2,
    Command = 3,
}

/// <summary>The process of a service: no other has the same number and the same time.</summary>
/// <param name="CreatedAt">In 100 ns since 1601 by the machine's clock; 0 where this user may not see it.</param>
/// <param name="Path">Its program with all links resolved; null where this user may not see it.</param>
internal sealed record ServiceImage(int ProcessId, long CreatedAt, string? Path)
{
    public string Identity => $"{ProcessId}:{CreatedAt}";
}
