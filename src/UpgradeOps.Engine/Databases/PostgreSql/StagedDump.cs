using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>
/// <c>pg_dump</c> with several connections at once, all of one moment. It can only write into a folder, which is made beside the tool, comes
/// from there as tar and is removed again. There has to be room for the whole dump; how much that is can only be guessed, and the server often
/// writes to the same disk: a dump that would fill it is ended.
/// </summary>
internal static class StagedDump
{
    private const string Prefix = "upgradeops-dump";
    private const long RoomMargin = 16 << 20;

    /// <summary>What it says first where there is no room.</summary>
    public const string NoRoom = "no room: ";

    private const string Script =
        StagedFolder.Script +
        """

        need=$1 kind=$2
        shift 2
        find_place "$need"
        [ "$kind" != clear ] || exit 0
        [ -n "$place" ] || { echo "no room: it may need $((need / 1024 + 1)) MiB, and neither ${TMPDIR:-/tmp} nor /var/tmp has them (memory disks do not count)" >&2; exit 95; }
        held=$(mktemp -d "$place/$0.$$.XXXXXX") || exit
        reserve=$(($(df -Pk "$place" | { read -r _; read -r _ total _; echo "${total:-0}"; }) / 20))
        [ "$reserve" -ge 262144 ] || reserve=262144
        [ "$reserve" -le 2097152 ] || reserve=2097152
        dump=
        trap 'kill $dump 2>/dev/null; rm -rf "$held"' EXIT
        trap 'exit 130' HUP INT TERM
        "$@" --file="$held/dump" & dump=$!
        while kill -0 "$dump" 2>/dev/null; do
            left=$(df -Pk "$place" | { read -r _; read -r _ _ _ left _; echo "${left:-0}"; })
            [ "$left" -ge "$reserve" ] || { kill "$dump"; wait "$dump"; dump=; echo "no room: it grew until less than $((reserve / 1024)) MiB were left where $place is" >&2; exit 95; }
            sleep 0.2 2>/dev/null || sleep 1
        done
        # Its number may soon be another process's: the trap must not end that one.
        wait "$dump"
        code=$? dump=
        [ "$code" -eq 0 ] || exit "$code"
        tar -cf - -C "$held/dump" .
        """;

    /// <summary>Removes what killed dumps left.</summary>
    public static ToolCommand Clear { get; } = new("sh", "-c", Script, Prefix, "0", "clear");

    /// <param name="dump"><c>pg_dump</c> into a folder that is not named yet.</param>
    /// <param name="size">What the dump may need, in bytes.</param>
    public static ToolCommand Of(ToolCommand dump, long size) => new(
        "sh", ["-c", Script, Prefix, StagedFolder.Text((size + RoomMargin) / 1024), "", dump.Tool, .. dump.Arguments])
    {
        Environment = dump.Environment,
        Name = dump.Tool,
        WritesMuch = true,
    };
}
