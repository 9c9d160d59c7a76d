using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Engine.State.Folder;

namespace UpgradeOps.Engine.State.Ssh;

/// <summary>
/// What is done to a state folder on an SSH host. Each is one script: it takes the folder's guard (the same kernel lock that a runner on that machine
/// takes), looks whether the lease is still ours, writes and flushes. All of them may run again after they were cut off.
/// </summary>
internal static class StateScripts
{
    /// <summary>What was expected there is no longer there.</summary>
    public const int Changed = 45;

    /// <summary>The lease is not ours any more. The lease that is there was printed.</summary>
    public const int Lost = 46;

    /// <summary>The journal is shorter than it was, or whole lines stand where one should go.</summary>
    public const int Shorter = 48;

    private const int Reserve = FolderReserve.Size;

    /// <summary>Which folder it is, when the definition names none.</summary>
    public static string DefaultFolder(string name) => FileScripts.Script(
        $$"""
        if [ "$(id -u)" -eq 0 ]; then d=/var/lib; else d=${XDG_STATE_HOME:-$HOME/.local/state}; fi
        case $d in /*) ;; *) up_fail 'There is no home folder for this user.' ;; esac
        printf '%s\n' "$d/upgradeops/"{{ShellText.Quote(name)}}
        """);

    /// <summary>Prints the clock, the machine's boot id, whether the owner's file is locked, and the lease. Makes nothing.</summary>
    public static string Look(string folder) => FileScripts.Script(
        $$"""
        d={{ShellText.Quote(folder)}}
        date +%s
        cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo none
        [ -f "$d/lease.json" ] || { echo none; exit 0; }
        l=$(cat -- "$d/lease.json") || exit 1
        n=${l#'{"format":1,"fence":'}; n=${n%%[!0-9]*}
        if [ -f "$d/owner-$n.lock" ] && ! flock -n -s "$d/owner-$n.lock" true; then echo locked; else echo open; fi
        printf '%s\n' "$l"
        """);

    /// <summary>Asks whether something could be written, and does not try.</summary>
    public static string CheckWritable(string folder) => FileScripts.Script(
        $$"""
        n={{ShellText.Quote(folder)}}
        command -v flock >/dev/null || up_fail 'flock is not installed (util-linux or BusyBox has it).'
        while ! up_there "$n"; do up_parent "$n"; n=$up_folder; done
        [ -d "$n" ] || up_fail "$n is no folder."
        [ -w "$n" ] && [ -x "$n" ] || up_fail "This user may not write in $n."
        """);

    /// <summary>Puts one lease in the place of another, if that is the one that is there.</summary>
    /// <param name="expected">As it was read; empty for none.</param>
    /// <param name="sweep">Whether what dead owners left is removed, and the room for a full disk made.</param>
    public static string Exchange(string folder, string expected, string lease, bool sweep) => Guarded(
        folder,
        $$"""
        l=
        [ ! -f "$d/lease.json" ] || l=$(cat -- "$d/lease.json") || exit 1
        new={{ShellText.Quote(lease)}}
        [ "$l" != "$new" ] || exit 0
        [ "$l" = {{ShellText.Quote(expected)}} ] || exit {{Changed}}
        {{(sweep ? Sweep : "")}}
        up_roomy up_put lease.json || exit 1
        {{(sweep ? Fill : "")}}
        exit 0
        """);

    /// <summary>Writes a whole file of the state folder, as the owner of the lease.</summary>
    public static string Write(string folder, long fence, string file, string text) => Guarded(
        folder,
        $$"""
        {{Held(fence)}}
        new={{ShellText.Quote(text)}}
        up_roomy up_put {{file}}
        """);

    /// <summary>Appends a line to a journal, as the owner of the lease. What stands behind the offset is a torn line, or an earlier try: nothing else is cut off.</summary>
    /// <param name="offset">Bytes of the lines that are whole.</param>
    /// <param name="length">Of the line in bytes, with its end.</param>
    public static string Append(string folder, long fence, string operation, string line, long offset, int length) => Guarded(
        folder,
        $$"""
        {{Held(fence)}}
        o=$d/operations/{{ShellText.Quote(operation)}}
        f=$o/journal.jsonl
        new={{ShellText.Quote(line)}}
        mkdir -p -- "$o" || exit 1
        n=0
        [ ! -f "$f" ] || n=$(wc -c <"$f")
        [ "$n" -ge {{offset}} ] || exit {{Shorter}}
        if [ "$n" -eq {{offset + length}} ] && [ "$(tail -c {{length}} -- "$f")" = "$new" ]; then up_sync "$f"; exit 0; fi
        if [ "$n" -gt {{offset}} ]; then
            # This may be a late run of what was sent long ago. A line with its end is whole, unless a power cut has left zeros in it.
            case $(tail -c +{{offset + 1}} -- "$f" | wc -l) in
                0) ;;
                1) [ "$(tail -c +{{offset + 1}} -- "$f" | tr -d '\000' | wc -c)" -lt $((n-{{offset}})) ] || exit {{Shorter}} ;;
                *) exit {{Shorter}} ;;
            esac
        fi
        up_append() {
            [ ! -f "$f" ] || [ "$(wc -c <"$f")" -eq {{offset}} ] || truncate -s {{offset}} -- "$f" || return 1
            if printf '%s\n' "$new" | cat >>"$f" && up_sync "$f" && [ "$(wc -c <"$f")" -eq {{offset + length}} ]; then return 0; fi
            truncate -s {{offset}} -- "$f"
            return 1
        }
        up_roomy up_append || exit 1
        [ {{offset}} -gt 0 ] || { up_sync "$o"; up_sync "$d/operations"; up_sync "$d"; }
        exit 0
        """);

    /// <summary>Standard input, which must have this length, is kept as a file of an operation, unless there is one.</summary>
    public static string Keep(string folder, long fence, string operation, string file, long length, string id) => FileScripts.Script(
        $$"""
        d={{ShellText.Quote(folder)}}
        t=$d/.kept.{{id}}.tmp
        trap 'rm -f -- "$t"' EXIT
        cat >"$t" && [ "$(wc -c <"$t")" -eq {{length}} ] && up_sync "$t" || exit 1
        {{Guard}}
        k=$d/operations/{{ShellText.Quote(operation)}}/kept
        f=$k/{{ShellText.Quote(file)}}
        {{Held(fence)}}
        [ ! -f "$f" ] || exit 0
        mkdir -p -- "$k" && mv -f -- "$t" "$f" || exit 1
        up_sync "$k"; up_sync "$d/operations/"{{ShellText.Quote(operation)}}; up_sync "$d/operations"
        exit 0
        """);

    public static string ListOperations(string folder) => FileScripts.Script(
        $$"""
        cd -- {{ShellText.Quote(folder)}}/operations 2>/dev/null || exit 0
        for j in */journal.jsonl; do [ ! -f "$j" ] || printf '%s\n' "${j%/journal.jsonl}"; done
        """);

    /// <summary>Appends a line that needs no lease; the oldest go, a hundred at a time.</summary>
    public static string Refuse(string folder, string line) => Guarded(
        folder,
        $$"""
        f=$d/refused.jsonl
        new={{ShellText.Quote(line)}}
        if [ -s "$f" ]; then
            if [ -n "$(tail -c 1 -- "$f")" ]; then
                torn=$(tail -n 1 -- "$f" | wc -c)
                truncate -s $(($(wc -c <"$f") - torn)) -- "$f" || exit 1
            fi
            [ "$(tail -n 1 -- "$f")" != "$new" ] || exit 0
        fi
        printf '%s\n' "$new" | cat >>"$f" && up_sync "$f" || exit 1
        if [ "$(wc -l <"$f")" -gt {{RefusedAttempts.Kept + 100}} ]; then
            new=$(tail -n {{RefusedAttempts.Kept}} -- "$f" && printf x)
            new=${new%?x}
            up_line='\n'
            up_put refused.jsonl
        fi
        exit 0
        """);

    private const string Sweep = """
        for l in "$d"/.*.????????????????????????????????.tmp; do [ ! -f "$l" ] || rm -f -- "$l"; done
        for l in "$d"/owner-*.lock; do [ ! -f "$l" ] || flock -n "$l" rm -f -- "$l"; done
        """;

    // Noise: a file system that compresses would keep no room for zeros. An operation may begin without it.
    private static readonly string Fill = $$"""
        if [ ! -f "$d/reserve" ] || [ "$(wc -c <"$d/reserve")" -ne {{Reserve}} ]; then
            head -c {{Reserve}} /dev/urandom >"$d/.reserve.{{Guid.Empty:N}}.tmp" 2>/dev/null && mv -f -- "$d/.reserve.{{Guid.Empty:N}}.tmp" "$d/reserve" || rm -f -- "$d/.reserve.{{Guid.Empty:N}}.tmp"
        fi
        """;

    private static readonly string Guard = $$"""
        up_line=
        up_put() {
            t=$d/.$1.{{Guid.Empty:N}}.tmp
            if printf "%s$up_line" "$new" | cat >"$t" && up_sync "$t" && mv -f -T -- "$t" "$d/$1"; then up_sync "$d"; return 0; fi
            rm -f -- "$t"
            return 1
        }
        up_roomy() {
            if "$@"; then return 0; fi
            [ -f "$d/reserve" ] || return 1
            rm -f -- "$d/reserve"
            "$@"
        }
        {{FileScripts.Guard("\"$d/guard.lock\"")}}
        """;

    // The file is written in one form only, by us: what stands first tells enough.
    private static string Held(long fence) => $$"""
        l=
        [ ! -f "$d/lease.json" ] || l=$(cat -- "$d/lease.json") || exit 1
        case $l in '{"format":1,"fence":{{fence}},"owner":{'*) ;; *) printf '%s\n' "$l"; exit {{Lost}} ;; esac
        """;

    private static string Guarded(string folder, string body) => FileScripts.Script(
        $$"""
        d={{ShellText.Quote(folder)}}
        if [ ! -d "$d" ]; then mkdir -p -- "$d" || exit 1; up_parent "$d"; up_sync "$up_folder"; fi
        {{Guard}}
        {{body}}
        """);
}
