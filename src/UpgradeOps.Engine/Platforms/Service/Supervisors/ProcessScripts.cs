using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors;

/// <summary>
/// The few lines of shell that must run on the host itself, whichever host that is. Values travel as arguments, never in the text. Each may run twice: of two
/// starts one wins, and a signal to a process that has it already, or is gone, does nothing.
/// </summary>
internal static class ProcessScripts
{
    /// <summary>
    /// Writes down who it is, then becomes the application under the same process id and start time. The link fails where a
    /// pid file is: then another start won, and this one ends.
    /// </summary>
    private const string Wrapper = """
        pidfile=$1 release=$2
        shift 2
        umask 022
        start=$(cut -d' ' -f22 "/proc/$$/stat") && boot=$(cat /proc/sys/kernel/random/boot_id) || exit 71
        (umask 077; printf 'pid=%s\nstart=%s\nboot=%s\nrelease=%s\n' "$$" "$start" "$boot" "$release" >"$pidfile.$$") || exit 73
        ln "$pidfile.$$" "$pidfile"
        won=$?
        rm -f "$pidfile.$$"
        [ "$won" -eq 0 ] || exit 75
        cd "$release" || exit 72
        exec "$@"
        """;

    /// <summary>Leaves the application behind in a session of its own. Without --fork (BusyBox) the shell's background job does.</summary>
    private const string Launcher = """
        wrapper=$1 log=$2
        shift 2
        if setsid --fork true 2>/dev/null; then
            exec setsid --fork sh -c "$wrapper" upgradeops "$@" </dev/null >>"$log" 2>&1
        fi
        setsid sh -c "$wrapper" upgradeops "$@" </dev/null >>"$log" 2>&1 &
        """;

    /// <summary>Signals a process, and its group where it leads one and that is wanted, if it is still the one that was started then.</summary>
    private const string Signaller = """
        pid=$1 start=$2 signal=$3 whom=$4
        stat=$(cat "/proc/$pid/stat" 2>/dev/null) || exit 0
        rest=${stat##*) }
        set -- $rest
        [ "${20}" = "$start" ] || exit 0
        kill "-$signal" "$pid" 2>/dev/null
        [ "$whom" = process ] || [ "$3" != "$pid" ] || kill "-$signal" "-$pid" 2>/dev/null
        exit 0
        """;

    /// <summary>
    /// Kills what a dead process left in its session. While any of it lives the number is not given to another process, so a
    /// process of that number with another start time means that nothing was left.
    /// </summary>
    private const string Sweeper = """
        pid=$1 start=$2
        if stat=$(cat "/proc/$pid/stat" 2>/dev/null); then
            rest=${stat##*) }
            set -- $rest
            [ "${20}" = "$start" ] || exit 0
        fi
        kill -KILL "-$pid" 2>/dev/null
        exit 0
        """;

    public static HostCommand Launch(string pidFile, string log, string releaseFolder, IReadOnlyList<string> command) =>
        new("sh", ["-c", Launcher, "upgradeops", Wrapper, log, pidFile, releaseFolder, .. command]) { Detached = true, IsQuestion = true };

    public static HostCommand Signal(ServiceProcess process, string signal) => Signal(process, signal, "process");

    public static HostCommand SignalGroup(ServiceProcess process, string signal) => Signal(process, signal, "group");

    public static HostCommand Sweep(ServiceProcess process) =>
        new("sh", "-c", Sweeper, "upgradeops", $"{process.ProcessId}", $"{process.StartTime}") { IsQuestion = true };

    private static HostCommand Signal(ServiceProcess process, string signal, string whom) =>
        new("sh", "-c", Signaller, "upgradeops", $"{process.ProcessId}", $"{process.StartTime}", signal, whom) { IsQuestion = true };
}
