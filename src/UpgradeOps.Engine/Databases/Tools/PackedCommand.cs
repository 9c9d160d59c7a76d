namespace UpgradeOps.Engine.Databases.Tools;

/// <summary>
/// A tool whose output is packed by <c>zstd</c> where it runs, so that a fifth of the bytes travels: a container's output passes through
/// several processes of the engine, each slower than the dump itself. The one place with a shell; the tool and its arguments are the
/// script's own arguments, so nothing is quoted and nothing is expanded.
/// </summary>
internal static class PackedCommand
{
    /// <summary>Exit code for a failure of <c>zstd</c> alone; no database tool uses it.</summary>
    public const int ZstdFailed = 96;

    // POSIX shells know no pipefail: the tool's exit code comes back on a descriptor of its own.
    private const string Script =
        "exec 4>&1; code=$({ { \"$@\" 3>&- 4>&-; echo $? >&3; } | zstd --quiet --stdout -2 -T2 >&4 3>&- 4>&-; } 3>&1) || exit 96; exit \"$code\"";

    /// <summary>Succeeds where there is a shell and <c>zstd</c>.</summary>
    public static ToolCommand Probe { get; } = Has("zstd");

    /// <summary>Succeeds where there is a shell and this program.</summary>
    public static ToolCommand Has(string tool) => new("sh", "-c", "command -v \"$1\"", "sh", tool);

    public static ToolCommand Of(ToolCommand command) =>
        new("sh", ["-c", Script, "sh", command.Tool, .. command.Arguments]) { Environment = command.Environment, WritesMuch = command.WritesMuch };
}
