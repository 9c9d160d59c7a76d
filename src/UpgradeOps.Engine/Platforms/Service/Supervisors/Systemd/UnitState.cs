using System.Globalization;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

/// <summary>A unit as <c>systemctl show</c> describes it, with what was looked up beside it under names that begin with <see cref="Ours"/>.</summary>
internal sealed class UnitState
{
    public const string Ours = "UpgradeOps.";

    /// <summary>What is asked for.</summary>
    public const string Properties =
        "Id,LoadState,LoadError,UnitFileState,NeedDaemonReload,ActiveState,SubState,FreezerState,CanFreeze,Result,Job,ConditionResult,InvocationID,Type,RemainAfterExit,"
        + "MainPID,NRestarts,ExecMainCode,ExecMainStatus,ExecMainStartTimestampMonotonic,ExecStart,WorkingDirectory,RestartUSec,TimeoutStopUSec,WatchdogUSec,"
        + "RefuseManualStart,RefuseManualStop,TriggeredBy,StartLimitAction,FailureAction";

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    private UnitState(string text)
    {
        var programs = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                continue;
            var (name, value) = (line[..equals], line[(equals + 1)..].TrimEnd('\r'));
            if (name == "ExecStart")
                programs.Add(value);
            else
                values[name] = value;
        }

        Programs = [.. programs.Select(UnitProgram.Parse).OfType<UnitProgram>()];
    }

    public string this[string name] => values.GetValueOrDefault(name, "");

    public IReadOnlyList<UnitProgram> Programs { get; }

    /// <summary>Changes with every start, also with one by systemd itself; empty when it never ran, or nobody remembers.</summary>
    public string Invocation => this["InvocationID"];

    /// <summary>How often systemd started it anew since somebody last did.</summary>
    public int Restarts => Number("NRestarts");

    public int MainProcess => Number("MainPID");

    public bool HasFailed => this["ActiveState"] == "failed";

    /// <summary>It runs, or will without anybody's doing: it is being started, stopped, or started anew.</summary>
    public bool IsUp => this["ActiveState"] is "active" or "reloading" or "activating" or "deactivating";

    public bool IsFrozen => this["FreezerState"] is "frozen" or "freezing";

    public bool HasWatchdog => Time("WatchdogUSec") is { Ticks: > 0 };

    public bool HasJob => this["Job"] is not ("" or "0");

    /// <summary>As <see cref="Instance.State"/>.</summary>
    public string State => (this["ActiveState"], this["SubState"]) switch
    {
        ("active" or "reloading", "exited") => "exited",
        ("active" or "reloading", _) => IsFrozen ? "paused" : "running",
        ("activating", "auto-restart" or "auto-restart-queued") => "restarting",
        ("activating", _) => "starting",
        ("deactivating", _) => "stopping",
        _ => "exited",
    };

    /// <summary>How the main process ended last, as a shell tells it; null while it runs, and when it never did.</summary>
    public int? ExitCode => Number("ExecMainCode") switch
    {
        // CLD_EXITED, CLD_KILLED, CLD_DUMPED.
        1 => Number("ExecMainStatus"),
        2 or 3 => 128 + Number("ExecMainStatus"),
        _ => null,
    };

    /// <returns>Null for <c>infinity</c>, and when it is not told.</returns>
    public TimeSpan? Time(string name) => UnitTime.Parse(this[name]);

    public static UnitState Parse(string text) => new(text);

    private int Number(string name) => int.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

/// <summary>One <c>ExecStart</c>.</summary>
/// <param name="Arguments">The command line as systemd prints it: parts with blanks between them.</param>
internal sealed record UnitProgram(string Path, string Arguments)
{
    /// <param name="text"><c>{ path=/usr/bin/python3 ; argv[]=/usr/bin/python3 main.py ; ignore_errors=no ; … }</c></param>
    public static UnitProgram? Parse(string text) =>
        Between(text, "path=", " ; argv[]=") is { } path ? new UnitProgram(path, Between(text, " ; argv[]=", " ; ignore_errors=") ?? path) : null;

    private static string? Between(string text, string begin, string end)
    {
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf(end, from, StringComparison.Ordinal);
        return to < 0 ? null : text[(from + begin.Length)..to];
    }
}
