using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>
/// <c>pg_dump</c> with several connections at once, all of one moment. It can only write into a folder, which is made beside the tool, comes
/// from there as tar and is removed again. There has to be room for the whole dump.
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
        trap 'rm -rf "$held"' EXIT
        trap 'exit 130' HUP INT TERM
        "$@" --file="$held/dump" && tar -cf - -C "$held/dump" .
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
    };
}
