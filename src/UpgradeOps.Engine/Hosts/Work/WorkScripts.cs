namespace UpgradeOps.Engine.Hosts.Work;

/// <summary>The shell that leaves work behind on a host and looks after it. Values travel as arguments, never in the text. Needs Linux's /proc and setsid.</summary>
internal static class WorkScripts
{
    /// <summary>
    /// Says who it is, once: the link fails where another start has won. Then it does the work and writes down how it ended. <c>code</c>
    /// is whole or not there. A name for each process, so that two that start at once do not meet.
    /// </summary>
    private const string Worker = """
        d=$1; shift
        umask 077
        read -r s <"/proc/$$/stat" && read -r boot </proc/sys/kernel/random/boot_id || exit 71
        (set -- ${s##*) }; printf '%s %s %s\n' "$$" "${20}" "$boot" >"$d/pid.$$") || exit 73
        ln "$d/pid.$$" "$d/pid" 2>/dev/null; won=$?
        rm -f "$d/pid.$$"
        [ "$won" -eq 0 ] || exit 0
        sync "$d/pid" "$d" 2>/dev/null || sync
        (umask "$UPGRADEOPS_WORK_UMASK"; unset UPGRADEOPS_WORK_UMASK; exec "$@") >>"$d/log" 2>&1
        code=$?
        printf '%s\n' "$code" >"$d/code.$$" && { sync "$d/code.$$" 2>/dev/null || sync; } && mv -f "$d/code.$$" "$d/code" && { sync "$d" 2>/dev/null || sync; }
        """;

    /// <summary>Begins the work unless it was begun before, and returns when it has said who it is.</summary>
    private const string Starter = """
        worker=$1 d=$2; shift 2
        mask=$(umask)
        umask 077
        command -v setsid >/dev/null || { echo "setsid is not installed (util-linux or BusyBox has it)." >&2; exit 1; }
        # Its parent must be there: who ended this work meanwhile has taken that away. Another start may make it in the same moment.
        [ -d "$d" ] || mkdir -- "$d" || [ -d "$d" ] || exit 1
        [ ! -f "$d/pid" ] || exit 0
        : >>"$d/log" || exit 1
        UPGRADEOPS_WORK_UMASK=$mask setsid sh -c "$worker" upgradeops-work "$d" "$@" </dev/null >/dev/null 2>"$d/start" &
        i=0
        while [ ! -f "$d/pid" ]; do
            i=$((i+1)); [ $i -lt 600 ] || { cat "$d/start" >&2; echo "The work did not begin." >&2; exit 1; }
            sleep 0.05 2>/dev/null || sleep 1
        done
        """;

    /// <summary>Prints <c>none</c>, <c>running</c>, <c>ended CODE</c> or <c>gone</c>, and the log's length.</summary>
    private const string Looker = """
        d=$1
        if [ ! -f "$d/pid" ]; then echo "none 0"; exit 0; fi
        read -r pid start boot <"$d/pid"
        state=gone
        if read -r now </proc/sys/kernel/random/boot_id && [ "$now" = "$boot" ] && read -r s 2>/dev/null <"/proc/$pid/stat"; then
            set -- ${s##*) }
            [ "${20}" != "$start" ] || [ "$1" = Z ] || state=running
        fi
        # Only now: it may have ended between the two looks.
        if [ -f "$d/code" ]; then read -r code <"$d/code"; state="ended $code"; fi
        printf '%s %s\n' "$state" "$(wc -c <"$d/log" | tr -d ' ')"
        """;

    /// <summary>Ends the work and all in its session, if it is still the one that was started.</summary>
    private const string Ender = GroupScript.Lives + """
        d=$1
        [ -f "$d/pid" ] || exit 0
        read -r pid start boot <"$d/pid"
        read -r now </proc/sys/kernel/random/boot_id && [ "$now" = "$boot" ] || exit 0
        if read -r s 2>/dev/null <"/proc/$pid/stat"; then set -- ${s##*) }; [ "${20}" = "$start" ] || exit 0; fi
        kill -KILL "-$pid" 2>/dev/null
        i=0
        while lives "$pid" && [ $i -lt 200 ]; do i=$((i+1)); sleep 0.05 2>/dev/null || sleep 1; done
        exit 0
        """;

    private const string Reader = """tail -c "+$(($2 + 1))" -- "$1/log" | head -c "$3" """;

    public static HostCommand Start(string folder, HostCommand work) => new("sh", ["-c", Starter, "upgradeops", Worker, folder, work.FileName, .. work.Arguments])
    {
        Detached = true,
        WorkingDirectory = work.WorkingDirectory,
        Environment = work.Environment,
        // A second one finds that it was begun, and changes nothing.
        IsQuestion = true,
    };

    public static HostCommand Look(string folder) => new("sh", "-c", Looker, "upgradeops", folder) { IsQuestion = true };

    public static HostCommand End(string folder) => new("sh", "-c", Ender, "upgradeops", folder) { IsQuestion = true };

    public static HostCommand Read(string folder, long offset, int length) => new("sh", "-c", Reader, "upgradeops", folder, $"{offset}", $"{length}") { IsQuestion = true };
}
