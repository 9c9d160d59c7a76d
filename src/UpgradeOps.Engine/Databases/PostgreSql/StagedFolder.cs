using System.Globalization;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>
/// A folder beside a tool, for what several connections read or write at once: mode 0700, removed when the tool ends; what a kill left is removed
/// by the next one.
/// </summary>
internal static class StagedFolder
{
    public const int MostJobs = 8;

    // $0 says what the folder is for. Its name carries the process that it belongs to. Memory disks are passed over: they take from what the
    // server may use.
    public const string Script =
        """
        umask 077
        alive() {
            [ -d /proc/self ] || { kill -0 "$1" 2>/dev/null; return; }
            case $(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline") in *"$stage"*) return 0 ;; esac
            return 1
        }
        place= stage=$0
        find_place() {
            for dir in "${TMPDIR:-/tmp}" /var/tmp; do
                [ -d "$dir" ] && [ -w "$dir" ] || continue
                for old in "$dir/$stage".*; do
                    owner=${old##*/"$stage".}
                    [ ! -d "$old" ] || [ -L "$old" ] || alive "${owner%%.*}" || rm -rf "$old" 2>/dev/null
                done
                room=$(df -Pk "$dir" 2>/dev/null | { read -r _; read -r disk _ _ room _; case $disk in tmpfs | ramfs | shm | none) room=0 ;; esac; echo "${room:-0}"; })
                [ -n "$place" ] || [ "$room" -lt "$1" ] || place=$dir
            done
        }
        """;

    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
