namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>
/// What is done to files over there, as scripts for a POSIX shell with the tools of coreutils or BusyBox. All of them may run again after they
/// were cut off, unless their name says otherwise.
/// </summary>
internal static class FileScripts
{
    /// <summary>Not there.</summary>
    public const int Nothing = 44;

    /// <summary>A guard was held by another for too long.</summary>
    public const int Busy = 75;

    private const string Begin = "( LC_ALL=C; export LC_ALL; umask 077; ";

    // A shell's own words, so that every script can say them: flush a file or the names of a folder; fail with a sentence.
    private const string Words = """
        up_sync() { sync "$1" 2>/dev/null || sync; }
        up_fail() { printf '%s\n' "$1" >&2; exit 1; }
        up_there() { [ -e "$1" ] || [ -L "$1" ]; }
        up_folder=
        up_parent() { up_folder=${1%/*}; [ -n "$up_folder" ] || up_folder=/; }

        """;

    /// <summary>Raw mode in hexadecimal, size, time, and the path to the end of the record; then the same of links with their targets.</summary>
    public static string Stat(string path, string mark) => Script(
        $"""
        f={ShellText.Quote(path)}
        up_there "$f" || exit {Nothing}
        stat -c '{mark} %f %s %Y %n' -- "$f" || exit 1
        [ ! -L "$f" ] || printf '%s %s' {mark} "$(readlink -- "$f" && printf x)"
        """);

    public static string List(string path, string mark) => Script(
        $$"""
        f={{ShellText.Quote(path)}}
        [ -d "$f" ] || exit {{Nothing}}
        cd -- "$f" || exit 1
        find . ! -name . -prune -exec stat -c '{{mark}} %f %s %Y %n' -- {} + || exit 1
        find . ! -name . -prune -type l -exec sh -c 'for l; do printf "%s link %s\n%s target %s\n" {{mark}} "$l" {{mark}} "$(readlink -- "$l" && printf x)"; done' links {} +
        """);

    /// <param name="from">The first byte that is wanted.</param>
    public static string Read(string path, long from = 0) => Script($"exec {(from == 0 ? "cat" : $"tail -c +{from + 1}")} <{ShellText.Quote(path)}");

    /// <summary>Whether a file can be opened, before its bytes are asked for.</summary>
    public static string CheckReadable(string path) => Script(
        $"""
        f={ShellText.Quote(path)}
        [ ! -d "$f" ] || up_fail 'It is a folder.'
        : <"$f"
        """);

    /// <summary>Standard input becomes the file. Not to be repeated: it fails when the file is there.</summary>
    public static string Create(string path, int mode) => Script(
        $"""
        f={ShellText.Quote(path)}
        set -C
        : >"$f" || exit 1
        set +C
        chmod {Octal(mode)} -- "$f" && cat >>"$f" && up_sync "$f" || exit 1
        up_parent "$f"; up_sync "$up_folder"
        """);

    /// <summary>Standard input, which must have this length, replaces the file.</summary>
    public static string WriteAtomic(string path, long length, int mode, string id) => Script(
        $$"""
        f={{ShellText.Quote(path)}}
        if [ -L "$f" ]; then f=$(readlink -f -- "$f"; printf x); f=${f%?x}; fi
        [ ! -d "$f" ] || up_fail 'It is a folder.'
        up_parent "$f"
        t=$up_folder/.${f##*/}.{{id}}.tmp
        rm -f -- "$t"
        cat >"$t" && [ "$(wc -c <"$t")" -eq {{length}} ] || { rm -f -- "$t"; exit 1; }
        m={{Octal(mode)}}
        if [ -e "$f" ]; then
            m=$(stat -c %a -- "$f")
            o=$(stat -c %u:%g -- "$f")
            [ "$(stat -c %u:%g -- "$t")" = "$o" ] || chown "$o" -- "$t" || { rm -f -- "$t"; exit 1; }
        fi
        chmod "$m" -- "$t" && up_sync "$t" && mv -f -- "$t" "$f" || { rm -f -- "$t"; exit 1; }
        up_sync "$up_folder"
        for l in "$up_folder/.${f##*/}".*.tmp; do [ ! -f "$l" ] || find "$l" -mmin +1440 -exec rm -f -- {} \; ; done
        exit 0
        """);

    public static string CreateFolder(string path, int mode) => Script(
        $$"""
        up_make() {
            [ ! -d "$1" ] || return 0
            up_parent "$1"
            case $up_folder in /) ;; *) up_make "$up_folder" || return 1 ;; esac
            mkdir -m {{Octal(mode)}} -- "$1" || [ -d "$1" ] || return 1
            chmod {{Octal(mode)}} -- "$1" || return 1
            up_parent "$1"
            up_sync "$up_folder"
        }
        up_make {{ShellText.Quote(path)}}
        """);

    /// <summary>Under another name first, which tells an earlier try from what somebody else has put there.</summary>
    /// <param name="again">True when it may have been done already.</param>
    public static string CopyFolder(string from, string to, string id, bool again) => Script(
        $"""
        f={ShellText.Quote(from)} t={ShellText.Quote(to)}
        c=$t.copying-{id}
        if up_there "$t"; then
            {(again ? "[ -d \"$c\" ] || exit 0" : ":")}
            up_fail "$t exists already."
        fi
        [ -d "$f" ] || up_fail "The folder $f does not exist."
        rm -rf -- "$c"
        mkdir -- "$c" && cp -RPp -- "$f/." "$c/" && chmod "$(stat -c %a -- "$f")" -- "$c" || up_fail "$(rm -rf -- "$c")The copy failed."
        sync -f "$c" 2>/dev/null || sync
        mv -T -- "$c" "$t" || exit 1
        up_parent "$t"; up_sync "$up_folder"
        """);

    /// <param name="again">True when it may have been done already.</param>
    public static string Rename(string from, string to, bool again) => Script(
        $$"""
        f={{ShellText.Quote(from)}} t={{ShellText.Quote(to)}}
        if up_there "$f"; then
            up_there "$t" && up_fail "$t exists already."
            up_parent "$t"; d=$up_folder
            [ "$(stat -c %d -- "$f")" = "$(stat -c %d -- "$d/.")" ] || up_fail "$f and $d are not on one disk."
            mv -T -- "$f" "$t" || exit 1
        else
            {{(again ? "up_there \"$t\" || " : "")}}up_fail "$f does not exist."
        fi
        up_parent "$t"; up_sync "$up_folder"; up_parent "$f"; up_sync "$up_folder"
        """);

    public static string Delete(string path) => Script(
        $"""
        f={ShellText.Quote(path)}
        up_there "$f" || exit 0
        if [ -d "$f" ] && [ ! -L "$f" ]; then rm -rf -- "$f"; else rm -f -- "$f"; fi || exit 1
        up_parent "$f"; up_sync "$up_folder"
        """);

    public static string Link(string path, string target, string id) => Script(
        $$"""
        f={{ShellText.Quote(path)}}
        [ -L "$f" ] || ! up_there "$f" || up_fail 'It exists and is no link.'
        up_parent "$f"
        for l in "$up_folder/.${f##*/}".*.tmp; do [ ! -L "$l" ] || rm -f -- "$l"; done
        t=$up_folder/.${f##*/}.{{id}}.tmp
        ln -s -- {{ShellText.Quote(target)}} "$t" && mv -f -T -- "$t" "$f" || { rm -f -- "$t"; exit 1; }
        up_sync "$up_folder"
        """);

    /// <summary>For each file its SHA-256, a blank, its name and a zero byte.</summary>
    public static string Hash(string folder) => Script(
        $$"""
        cd -- {{ShellText.Quote(folder)}} || exit 1
        find . -type f -exec sh -c 'for f; do h=$(sha256sum <"$f") || exit 1; printf "%s %s\0" "${h%% *}" "$f"; done' hashes {} +
        """);

    public static string FreeSpace(string path) => Script(
        $$"""
        f={{ShellText.Quote(path)}}
        while [ ! -d "$f" ]; do up_parent "$f"; f=$up_folder; done
        df -Pk -- "$f" | { read -r l; read -r a b c d e || exit 1; printf '%s\n' "$d"; }
        """);

    /// <summary>
    /// Lines that take a lock of the kernel until the script ends, and wait 20 s for it (<see cref="Busy"/>): on a file that is never deleted, so that
    /// whoever dies frees it. Uses file descriptor 9 and <c>i</c>.
    /// </summary>
    /// <param name="file">A word of the shell.</param>
    public static string Guard(string file) => $"""
        command -v flock >/dev/null || up_fail 'flock is not installed (util-linux or BusyBox has it).'
        exec 9>>{file} || exit 1
        i=0
        until flock -n 9; do i=$((i+1)); [ $i -lt 400 ] || exit {Busy}; sleep 0.05 2>/dev/null || sleep 1; done
        """;

    private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    /// <summary>A script of one's own with the same words: private files, errors in English, <c>up_sync</c>, <c>up_fail</c>, <c>up_there</c>, <c>up_parent</c>.</summary>
    public static string Script(string body) => $"{Begin}\n{Words}{body}\n)";
}
