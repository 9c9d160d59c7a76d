using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>
/// <c>pg_restore</c> with several connections at once. It needs a file that it can go back and forth in, so the archive, which comes on standard
/// input, is put into a folder of its own beside the tool first: mode 0700, removed afterwards; what a kill left is removed by the next load.
/// Where there is no room for it, or only one processor, the archive is loaded from standard input as it comes.
/// </summary>
internal static class StagedRestore
{
    /// <summary>Of a smaller archive nothing is gained.</summary>
    public const long Worthwhile = 16 << 20;

    private const string Prefix = "upgradeops-load";
    private const int MostJobs = StagedFolder.MostJobs;

    /// <summary>The archive, and the database that grows from it meanwhile, often on the same disk.</summary>
    private const int RoomFactor = 3;
    private const long RoomMargin = 64 << 20;

    // The archive must not grow beyond what it is to be (a bomb), and its size is asked of the folder: wc of BusyBox reads it all.
    // Early releases before 13 cannot take the tables of an archive that went through a pipe out of turn.
    private const string Script =
        StagedFolder.Script +
        """

        kind=$1 need=$2 size=$3 most=$4 unpacker=$5
        shift 5
        find_place "$need"
        [ "$kind" != clear ] || exit 0
        jobs=$({ nproc || getconf _NPROCESSORS_ONLN; } 2>/dev/null) || jobs=1
        [ "$jobs" -le "$most" ] || jobs=$most
        case $("$1" --version 2>/dev/null) in *') 9.'* | *') 10.'* | *') 11.'* | *') 12.'*) jobs=1 ;; esac
        [ "$kind" != folder ] || place=${place:-${TMPDIR:-/tmp}}
        [ "$kind" = folder ] || [ "$jobs" -gt 1 ] || place=
        held= code=
        [ -z "$place" ] || held=$(mktemp -d "$place/$0.$$.XXXXXX") || held=
        content() { if [ -n "$unpacker" ]; then "$unpacker" -dcq; else cat; fi; }
        [ -n "$held" ] || { content | "$@" --single-transaction; exit; }
        trap 'rm -rf "$held"' EXIT
        trap 'exit 130' HUP INT TERM
        if [ "$kind" = folder ]; then
            content | tar -xf - -C "$held" || exit
            archive=$held
        else
            archive=$held/dump
            told=$({ ulimit -f "$((size / 512 + 1))"; content >"$archive"; } 2>&1) || code=$?
            case $told in *'No space left'* | *'quota exceeded'*) echo "$told" >&2; exit 1 ;; esac
            [ -n "$(find "$archive" -size "${size}c")" ] || { echo "$told $(wc -c <"$archive") bytes of the archive arrived instead of $size" >&2; exit 1; }
            [ -z "$code" ] || { echo "$told" >&2; exit "$code"; }
        fi
        parts=$("$1" --list "$archive" 2>/dev/null | grep -cE ' (TABLE DATA|MATERIALIZED VIEW DATA|INDEX|CONSTRAINT|FK CONSTRAINT) ')
        [ "$jobs" -le "$parts" ] || jobs=$parts
        if [ "$jobs" -gt 1 ]; then "$@" "--jobs=$jobs" "$archive"; else "$@" --single-transaction "$archive"; fi
        """;

    /// <summary>Succeeds where there is a shell.</summary>
    public static ToolCommand Probe { get; } = new("sh", "-c", "exit 0");

    /// <summary>Removes what killed loads left.</summary>
    public static ToolCommand Clear { get; } = new("sh", "-c", Script, Prefix, "clear", "0", "0", "0", "");

    /// <summary>Loads an archive of so many bytes.</summary>
    /// <param name="restore"><c>pg_restore</c> with all but the way in which the archive is read.</param>
    /// <param name="unpacker">The program that unpacks what comes; null when it comes as it is.</param>
    public static ToolCommand Archive(ToolCommand restore, long size, int connections, string? unpacker) => Of("file", restore, size, connections, unpacker);

    /// <summary>Loads a folder archive, which comes as tar.</summary>
    /// <param name="size">Its bytes unpacked; 0 where that is not known.</param>
    /// <inheritdoc cref="Archive"/>
    public static ToolCommand Folder(ToolCommand restore, long size, int connections, string? unpacker) => Of("folder", restore, size, connections, unpacker);

    private static ToolCommand Of(string kind, ToolCommand restore, long size, int connections, string? unpacker) => new(
        "sh",
        [
            "-c", Script, Prefix, kind, StagedFolder.Text(((size * RoomFactor) + RoomMargin) / 1024), StagedFolder.Text(size), StagedFolder.Text(Math.Clamp(connections, 1, MostJobs)), unpacker ?? "",
            restore.Tool, .. restore.Arguments,
        ])
    {
        Environment = restore.Environment,
        Name = restore.Tool,
        ReadsMuch = true,
    };
}
