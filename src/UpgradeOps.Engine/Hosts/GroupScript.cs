namespace UpgradeOps.Engine.Hosts;

/// <summary>Shell that asks a host about a group of processes. Needs Linux's /proc.</summary>
internal static class GroupScript
{
    /// <summary>
    /// The function <c>lives GROUP</c>. A dead process answers signals until its parent has noticed, and the first process of many containers
    /// never does: such a one does not live. <c>kill -SIGNAL -GROUP</c> is the one form that every shell knows: dash has no <c>--</c> there, BusyBox takes it for
    /// a number. Uses the names <c>up_stat</c> and <c>up_line</c>.
    /// </summary>
    public const string Lives = """
        lives() {
            kill -0 "-$1" 2>/dev/null || return 1
            for up_stat in /proc/[0-9]*/stat; do
                read -r up_line 2>/dev/null <"$up_stat" || continue
                set -- "$1" ${up_line##*) }
                [ "$4" != "$1" ] || [ "$2" = Z ] || [ "$2" = X ] || return 0
            done
            return 1
        }

        """;
}
