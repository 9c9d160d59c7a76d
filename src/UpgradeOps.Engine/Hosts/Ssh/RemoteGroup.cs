using System.Globalization;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>The processes of one connection over there: the group that its shell leads, known by the shell's number and start time.</summary>
internal sealed record RemoteGroup(long Leader, long StartTime)
{
    /// <summary>Reads <c>PID GROUP START</c>.</summary>
    /// <returns>Null when the shell leads no group of its own: then nobody but it may be signalled.</returns>
    public static RemoteGroup? Parse(string line) =>
        line.Split(' ') is [var pid, var group, var start] && pid == group
        && long.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var leader)
        && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            ? new RemoteGroup(leader, time)
            : null;

    /// <summary>
    /// Ends what is left of it, and waits until it is gone (10 s at most). While any of it lives its number is not given away, so a process of that number
    /// with another start time means that nothing is left.
    /// </summary>
    public string EndScript => string.Create(CultureInfo.InvariantCulture, $$"""
        (
            {{GroupScript.Lives}}
            if read -r s </proc/{{Leader}}/stat; then set -- ${s##*) }; [ "${20}" = {{StartTime}} ] || exit 0; fi 2>/dev/null
            kill -KILL -{{Leader}} 2>/dev/null
            i=0
            while [ $i -lt 200 ] && lives {{Leader}}; do sleep 0.05 2>/dev/null || sleep 1; i=$((i+1)); done
        )
        """);
}
