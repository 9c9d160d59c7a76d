using System.Globalization;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

/// <summary>
/// The commands about one unit. Each may be given twice: to start what starts, or to stop what stops, does nothing.
/// </summary>
/// <param name="scope"><c>system</c> or <c>user</c>.</param>
internal sealed class UnitCommands(string unit, string scope)
{
    /// <summary>$1 the scope. Who came by SSH without a session has no XDG_RUNTIME_DIR, by which the user's own manager is found. Messages are ours to read.</summary>
    private const string Begin = """
        export LC_ALL=C SYSTEMD_COLORS=0 SYSTEMD_PAGER=
        [ "$1" != user ] || [ -n "$XDG_RUNTIME_DIR" ] || export XDG_RUNTIME_DIR="/run/user/$(id -u)"

        """;

    /// <summary>$2 the unit, $3 the link, $4 the record. The unit, its main process's folder and program, and where the link leads, at one moment.</summary>
    private const string Looker = Begin + """
        out=$(systemctl "--$1" show --no-pager -p "$5" -- "$2") || exit
        pid=$(printf '%s\n' "$out" | sed -n 's/^MainPID=//p')
        printf '%s\n' "$out"
        if [ "${pid:-0}" -gt 0 ]; then
            printf 'UpgradeOps.Cwd=%s\n' "$(readlink "/proc/$pid/cwd" 2>/dev/null)"
            printf 'UpgradeOps.Exe=%s\n' "$(readlink "/proc/$pid/exe" 2>/dev/null)"
        fi
        printf 'UpgradeOps.Link=%s\n' "$(readlink "$3" 2>/dev/null)"
        printf 'UpgradeOps.LinkTime=%s\n' "$(stat -c %Y "$3" 2>/dev/null)"
        printf 'UpgradeOps.Record=%s\n' "$(cat "$4" 2>/dev/null)"
        printf 'UpgradeOps.Now=%s\n' "$(date +%s)"
        printf 'UpgradeOps.Uptime=%s\n' "$(cut -d' ' -f1 /proc/uptime)"
        printf 'UpgradeOps.User=%s\n' "$(id -u)"
        """;

    private const string Manager = Begin + """
        scope=$1; shift
        exec systemctl --no-ask-password --no-pager "--$scope" "$@"
        """;

    private const string Journal = Begin + """
        scope=$1; shift
        [ "$scope" != user ] || set -- --user "$@"
        exec journalctl --no-pager "$@"
        """;

    public HostCommand Look(ServicePaths paths) => Question(Looker, unit, paths.Current, paths.StartRecord, UnitState.Properties);

    /// <summary>They return at once: how it goes is looked at.</summary>
    public HostCommand Start() => Question(Manager, "start", "--no-block", "--", unit);

    public HostCommand Stop() => Question(Manager, "stop", "--no-block", "--", unit);

    public HostCommand Kill() => Question(Manager, "kill", "--signal=KILL", "--", unit);

    /// <summary>Forgets failures: a unit that was started too often is refused otherwise.</summary>
    public HostCommand Forget() => Question(Manager, "reset-failed", "--", unit);

    public HostCommand Freeze() => Question(Manager, "freeze", "--", unit);

    public HostCommand Thaw() => Question(Manager, "thaw", "--", unit);

    /// <summary>Asks for what is so already: nothing happens, but only to those who may.</summary>
    public HostCommand Probe(bool isUp) => Question(Manager, isUp ? "start" : "stop", "--no-block", "--job-mode=ignore-dependencies", "--", unit);

    /// <param name="lines">Lines at most, the last ones.</param>
    /// <param name="since">Seconds since 1970 by the host's clock.</param>
    public HostCommand Read(int lines, long? since = null, string? cursor = null)
    {
        List<string> arguments = ["--quiet", "--all", "--output=json", string.Create(CultureInfo.InvariantCulture, $"--lines={lines}"), $"--unit={unit}"];
        if (cursor is not null)
            arguments.Add($"--after-cursor={cursor}");
        else if (since is not null)
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--since=@{since}"));
        return Question(Journal, [.. arguments]);
    }

    /// <summary>Succeeds when this user may read what system units wrote. journalctl shows nothing, and no error, to one who may read his own lines only.</summary>
    public HostCommand MayRead() => Question("for file in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do [ ! -r \"$file\" ] || exit 0; done; exit 1");

    private HostCommand Question(string script, params IEnumerable<string> arguments) => new("sh", ["-c", script, "upgradeops", scope, .. arguments]) { IsQuestion = true };
}
