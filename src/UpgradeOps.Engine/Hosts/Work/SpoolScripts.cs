namespace UpgradeOps.Engine.Hosts.Work;

/// <summary>The shell of <see cref="SpooledCommand"/>. Values travel as arguments, never in the text.</summary>
internal static class SpoolScripts
{
    /// <summary>Exit codes of <see cref="Take"/> that mean no piece.</summary>
    public const int GivenUp = 90;
    public const int AtEnd = 91;
    public const int Broken = 92;
    public const int NotYet = 93;

    /// <summary>Makes a private folder where long output may stand for a while, and prints it. What a machine that died left there a day ago goes.</summary>
    private const string Maker = """
        umask 077
        for base in "${TMPDIR:-/var/tmp}" /var/tmp /tmp; do [ ! -d "$base" ] || [ ! -w "$base" ] || break; done
        find "$base" -maxdepth 1 -name 'upgradeops-output.*' -user "$(id -u)" -mtime +0 -exec rm -rf -- {} + 2>/dev/null
        mktemp -d "$base/upgradeops-output.XXXXXX"
        """;

    /// <summary>
    /// Runs a command and puts its output into pieces, whole or not there, never more of them than are allowed at once: then the command waits, as it would
    /// for a slow reader. Where nobody takes any for long, all is removed, and the command gets a broken pipe. POSIX shells know no pipefail: its exit
    /// code comes back on a descriptor of its own.
    /// </summary>
    private const string Spooler = """
        d=$1 blocks=$2 most=$3 patience=$4; shift 4
        code=$( {
            { "$@" 3>&-; echo $? >&3; } | {
                exec 3>&-
                umask 077
                n=0
                while :; do
                    i=0
                    while set -- "$d"/piece.*; [ $# -ge "$most" ]; do
                        i=$((i+1)); [ $i -lt $((patience * 5)) ] || { rm -rf -- "$d"; exit 1; }
                        sleep 0.2 2>/dev/null || { sleep 1; i=$((i+4)); }
                    done
                    dd bs=65536 count="$blocks" iflag=fullblock of="$d/part" 2>"$d/said" || { cat -- "$d/said" >&2; exit 1; }
                    [ -s "$d/part" ] || break
                    mv -f -- "$d/part" "$d/piece.$n" || exit 1
                    n=$((n+1))
                done
                printf '%s\n' "$n" >"$d/count" && mv -f -- "$d/count" "$d/pieces"
            }
        } 3>&1 )
        exit "$code"
        """;

    /// <summary>Prints a piece; whoever asks for it has all before it, which go.</summary>
    private const string Taker = """
        d=$1 n=$2
        [ -d "$d" ] || exit 90
        [ "$n" -eq 0 ] || rm -f -- "$d/piece.$((n-1))"
        i=0
        while :; do
            if [ -f "$d/piece.$n" ]; then exec cat -- "$d/piece.$n"; fi
            ended=; [ ! -f "$d/code" ] || ended=1
            if [ -f "$d/pieces" ]; then
                read -r all <"$d/pieces"
                [ "$n" -lt "$all" ] || exit 91
            elif [ -n "$ended" ]; then
                exit 92
            fi
            i=$((i+1)); [ $i -lt 100 ] || exit 93
            sleep 0.05 2>/dev/null || { sleep 1; i=$((i+19)); }
        done
        """;

    public static HostCommand Make { get; } = new("sh", "-c", Maker, "upgradeops") { IsQuestion = true };

    /// <param name="blocks">Of 64 KiB, in a piece.</param>
    /// <param name="most">Pieces at once.</param>
    public static HostCommand Spool(string folder, int blocks, int most, TimeSpan patience, HostCommand command) =>
        command with { FileName = "sh", Arguments = ["-c", Spooler, "upgradeops", folder, $"{blocks}", $"{most}", $"{(int)patience.TotalSeconds}", command.FileName, .. command.Arguments] };

    public static HostCommand Take(string folder, int piece) => new("sh", "-c", Taker, "upgradeops", folder, $"{piece}") { IsQuestion = true };
}
