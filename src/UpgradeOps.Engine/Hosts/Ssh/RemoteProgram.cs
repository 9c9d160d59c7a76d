namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>
/// The shell program that serves one connection. A request is a line <c>LENGTH MARK</c> and a script of that many bytes, then its standard input in
/// pieces: a line with a length before each, <c>end</c> after the last. The answer is what the script writes to both outputs, and on each the
/// mark with the exit code. <c>next</c> tells that both marks were read. The mark is random, so no output can hold it by chance.
/// </summary>
internal static class RemoteProgram
{
    /// <summary>For the login shell, whichever it is: one line, no quote within the quotes. It reads the program's length and the program.</summary>
    public static string Bootstrap(string greeting) =>
        $"exec sh -c 'printf \"%s\\n\" {greeting}; IFS= read -r n && p=$(dd bs=\"$n\" count=1 iflag=fullblock 2>/dev/null) && g={greeting} && eval \"$p\"'";

    /// <summary>
    /// Both outputs go through new pipes each time, so that what a child in the background still writes never gets into the next answer. The end
    /// of the connection is the end of what runs: the group of this shell, which sshd made for it alone. A connection that breaks is never
    /// taken for the end of an input. A script that has ended without all its input is sent the rest all the same, to nowhere: a piece is read whole before
    /// it is passed on, so that what follows is still understood.
    /// </summary>
    public const string Loop = """
        d=
        for p in "${XDG_RUNTIME_DIR:-}" /dev/shm "${TMPDIR:-/tmp}" "${HOME:-}"; do
            [ -n "$p" ] && [ -d "$p" ] && [ -w "$p" ] && d=$(mktemp -d "$p/.upgradeops-XXXXXX" 2>/dev/null) && break
        done
        [ -n "$d" ] || { echo "no temporary folder can be made here (/dev/shm, /tmp)" >&2; exit 1; }

        up_find() {
            case $1 in
                /*) up_path=$1; [ -f "$1" ]; return ;;
                */*|'') return 1 ;;
            esac
            up_ifs=$IFS; IFS=:; set -f; set -- "$1" $2; set +f; IFS=$up_ifs
            up_name=$1; shift
            for up_folder; do
                case $up_folder in
                    /*) up_path=${up_folder%/}/$up_name; [ -f "$up_path" ] && [ -x "$up_path" ] && return ;;
                esac
            done
            return 1
        }

        up_feed() {
            while IFS= read -r n; do
                case $n in
                    next) exit 0 ;;
                    end) exec >&- ;;
                    *) dd bs="$n" count=1 iflag=fullblock 2>/dev/null || exec >/dev/null ;;
                esac
            done
            rm -rf "$d"
            [ "$up_group" != "$$" ] || kill -9 0
            exit 1
        }

        read -r up_stat </proc/$$/stat
        set -- ${up_stat##*) }
        up_group=$3
        printf '%s %s %s %s\n' "$g" "$$" "$3" "${20}"
        printf '%s\n' "$g" >&2
        exec 3>&1 4>&2 5<&0 </dev/null 2>/dev/null
        while read -r n m <&5; do
            s=$(dd bs="$n" count=1 iflag=fullblock <&5) && mkfifo "$d/o" "$d/e" || break
            cat <"$d/o" >&3 3>&- 4>&- 5<&- &
            a=$!
            cat <"$d/e" >&4 3>&- 4>&- 5<&- &
            b=$!
            up_feed <&5 3>&- 4>&- 5<&- | {
                rm -f "$d/o" "$d/e"
                up_status=
                eval "$s"
                up_code=$?
                printf '%s %s\n' "$m" "${up_status:-$up_code}"
                printf '%s %s\n' "$m" "${up_status:-$up_code}" >&2
            } 3>&- 4>&- 5<&- >"$d/o" 2>"$d/e"
            kill "$a" "$b"
            wait "$a" "$b"
        done
        rm -rf "$d"
        """;
}
