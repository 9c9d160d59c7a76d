namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>How dumping tools begin and end their text.</summary>
internal static class SqlDumpMarks
{
    /// <returns>The tool that wrote it, when it is one that also writes an end mark; else null.</returns>
    public static string? ToolOf(string opening) =>
        opening.Contains("-- MariaDB dump", StringComparison.Ordinal) ? "MariaDB dump"
        : opening.Contains("-- MySQL dump", StringComparison.Ordinal) ? "MySQL dump"
        : null;

    public static bool HasEnd(string ending) => ending.Contains("-- Dump completed", StringComparison.Ordinal);
}
