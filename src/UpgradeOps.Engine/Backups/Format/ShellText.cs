namespace UpgradeOps.Engine.Backups.Format;

/// <summary>Arguments as a person pastes them into a POSIX shell.</summary>
internal static class ShellText
{
    /// <summary>The command that writes a backup's file to standard output as it was before compression.</summary>
    public static string Unpack(BackupFile file) => Encodings.CompressionOf(file.Encoding) switch
    {
        Encodings.Gzip => $"gunzip -c {Quote(file.Path)}",
        Encodings.Zstd => $"zstd -dc {Quote(file.Path)}",
        _ => $"cat {Quote(file.Path)}",
    };

    public static string Quote(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '=' or '@' or '+' or ',')
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
